// Calls and policies that every surface is to decide alike, and how each surface is asked.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { casesOf, TOPICS } from "../npm/corpus.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COMMAND = join(ROOT, "tests/npm/node_modules/gatewright/cli.js");
const SERVERS = join(ROOT, "tests/npm/node_modules/@modelcontextprotocol");

/** What is decided: a policy, and a log or a scenario, each as text. */
export interface Job {
  name: string;
  policy: string;
  log?: string;
  /** The id of a built-in scenario, or JSON. */
  scenario?: string;
  /** The decisions that are known beforehand. */
  expected?: string[];
}

/** A decision as every surface can tell it, a line each. */
interface Told {
  at: string | number;
  tool: string;
  decision: string;
  reason: string;
  rule?: string | null;
  retry_at?: string | number | null;
}

export function lineOf({ at, tool, decision, reason, rule, retry_at }: Told): string {
  const instant = (found: string | number) => new Date(found).toISOString();
  return JSON.stringify([instant(at), tool, decision, reason, rule ?? null, retry_at == null ? null : instant(retry_at)]);
}

/** The first line in which two lists differ, with its number; nothing where they are the same. */
export function firstDifference(one: string[], other: string[]): string {
  const length = Math.max(one.length, other.length);
  for (let line = 0; line < length; line += 1) {
    if (one[line] !== other[line]) return `call ${line + 1} of ${one.length} and ${other.length}: ${one[line]} and ${other[line]}`;
  }
  return "";
}

/** Runs a program to its end. */
function output(program: string, words: string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: ROOT, stdio: ["pipe", "pipe", "pipe"] });
    const pieces: Buffer[] = [];
    let errors = "";
    child.stdout.on("data", (piece: Buffer) => pieces.push(piece));
    child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      // 1: lines could not be read, which some logs are made for.
      if (code === 0 || code === 1) resolve(Buffer.concat(pieces).toString());
      else reject(new Error(`${program} ${words.join(" ")} ended with ${code}: ${errors}`));
    });
    child.stdin.end(input);
  });
}

/** What native code decides of each job. */
export async function native(jobs: Job[]): Promise<string[][]> {
  const input = jobs.map(({ policy, log, scenario }) => `${JSON.stringify({ policy, log, scenario })}\n`).join("");
  const told = await output("cargo", ["run", "--quiet", "--package", "gatewright-core", "--example", "decisions"], input);
  return told
    .trimEnd()
    .split("\n")
    .map((line) => {
      const found = JSON.parse(line) as Told[] | { error: string };
      if (!Array.isArray(found)) throw new Error(found.error);
      return found.map(lineOf);
    });
}

/** What the installed command decides. */
export async function command({ policy, log, scenario }: Job): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "gatewright-surfaces-"));
  try {
    writeFileSync(join(folder, "policy.json"), policy);
    writeFileSync(join(folder, "calls"), log ?? scenario ?? "");
    const isName = scenario !== undefined && !scenario.includes("{");
    const calls = log === undefined ? ["--scenario", isName ? scenario! : join(folder, "calls")] : [join(folder, "calls")];
    const told = await output(process.execPath, [COMMAND, "simulate", join(folder, "policy.json"), ...calls, "--verdicts", "--json"]);
    const lines = told.trimEnd().split("\n").map((line) => JSON.parse(line));
    return lines.slice(0, -1).map(lineOf);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A turn of a corpus case as a line of a log. */
function logLine(turn: Record<string, any>): string {
  if (turn.line !== undefined) {
    const head = JSON.stringify({ ts: turn.at, session: turn.session, dir: "client->server" }).slice(0, -1);
    return `${head},"msg":${turn.line}}`;
  }
  const { at, tool, grant, session, approved, outcome, unknown_args } = turn;
  const head = JSON.stringify({ at, tool, grant, session, approved, outcome, unknown_args }).slice(0, -1);
  return turn.args_text === undefined ? `${head}}` : `${head},"args":${turn.args_text.replaceAll(/[\r\n]/g, " ")}}`;
}

/** What a log cannot say of a turn. */
const BESIDE_THE_LOG = ["line", "as", "settle", "export", "restore", "replacement", "trace", "times"];

/** The corpus cases that are meant for the page: whole runs, and calls as a log of them. */
export function corpusJobs(): Job[] {
  return TOPICS.flatMap((topic: string) =>
    casesOf(topic)
      .filter((each: any) => each.ui && each.policy_text !== null && each.form !== "invalid")
      .map((each: any): Job => {
        const job = { name: `${topic} › ${each.name}`, policy: each.policy_text };
        if (each.form === "simulate") return { ...job, scenario: typeof each.scenario === "string" ? each.scenario : JSON.stringify(each.scenario) };
        const turns = each.calls.flatMap((turn: any) => Array.from({ length: turn.times ?? 1 }, () => turn));
        const isPlain = turns.every((turn: any) => BESIDE_THE_LOG.every((field) => turn[field] === undefined) && turn.expect?.decision);
        return {
          ...job,
          log: turns.filter((turn: any) => turn.tool !== undefined || turn.line !== undefined).map(logLine).join("\n"),
          expected: isPlain ? turns.map((turn: any) => turn.expect.decision) : undefined,
        };
      }),
  );
}

/** The built-in scenarios, made for a policy with several tools. */
export async function builtInJobs(): Promise<Job[]> {
  const policy = JSON.stringify({
    version: "1",
    default: "deny",
    hide: ["secret_tool"],
    tools: {
      run_tests: { limits: [{ counter: "run_tests_rate", window: "minute", max: 10, scope: "grant" }] },
      refund: {
        deny_if: [{ conditions: [{ path: "args.amount", op: "gt", value: 100 }] }],
        limits: [{ counter: "paid", window: "day", max: 500, scope: "grant", increment_from: "args.amount" }],
      },
      read_file: {},
    },
    all_tools: { limits: [{ counter: "everything", window: "hour", max: 600, scope: "session" }] },
  });
  const { builtInScenarios } = await import("../npm/node_modules/gatewright/index.js");
  return builtInScenarios().map(({ id }: { id: string }) => ({ name: id, policy, scenario: id }));
}

/** A real server behind the proxy: the proxy's decision log, and what went over the wire with when it did. */
export async function recorded(server: string, words: string[], calls: [string, object][]): Promise<Job[]> {
  const policy = JSON.stringify({
    version: "1",
    default: "allow",
    tools: { [calls[0]![0]]: { limits: [{ counter: "first", window: "minute", max: 2, scope: "grant" }] } },
  });
  const folder = mkdtempSync(join(tmpdir(), "gatewright-recorded-"));
  try {
    writeFileSync(join(folder, "policy.json"), policy);
    const at = join(SERVERS, `server-${server}`, "dist/index.js");
    const proxy = ["proxy", "--policy", join(folder, "policy.json"), "--grant", "ci", "--counters", "memory", "--dry-run", "--log", join(folder, "log"), "--log-args"];
    const child = spawn(process.execPath, [COMMAND, ...proxy, "--", process.execPath, at, ...words], { stdio: ["pipe", "pipe", "pipe"] });
    const wire: string[] = [];
    const waiting = new Map<unknown, () => void>();
    let errors = "";
    child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
    const note = (dir: string, line: string) => wire.push(`{"ts":"${new Date().toISOString()}","session":"s","dir":"${dir}","msg":${line}}`);
    let begun = "";
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      const lines = (begun + piece).split("\n");
      begun = lines.pop() ?? "";
      for (const line of lines) {
        note("server->client", line);
        const message = JSON.parse(line);
        if (message.method === undefined) waiting.get(message.id)?.();
      }
    });
    const send = (message: object) => {
      const line = JSON.stringify({ jsonrpc: "2.0", ...message });
      note("client->server", line);
      child.stdin.write(`${line}\n`);
    };
    const ask = (id: number, method: string, params: object) =>
      new Promise<void>((resolve, reject) => {
        child.once("close", () => reject(new Error(`the server ended before it answered: ${errors}`)));
        waiting.set(id, resolve);
        send({ id, method, params });
      });
    const ended = new Promise((resolve) => child.once("close", resolve));
    await ask(0, "initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1" } });
    send({ method: "notifications/initialized" });
    let id = 0;
    for (const [name, args] of calls) await ask((id += 1), "tools/call", { name, arguments: args });
    child.stdin.end();
    await ended;
    const log = readFileSync(join(folder, "log"), "utf8");
    return [
      { name: `${server}, the proxy's decisions`, policy, log },
      { name: `${server}, JSON-RPC`, policy, log: wire.join("\n") },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
