// A proxy as a real process, with a client that writes raw lines to it and reads what comes back, message by message.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { folder, start } from "./command.mjs";

export const RECORDING_SERVER = fileURLToPath(new URL("recording-server.mjs", import.meta.url));

/** How long something is waited for before the test fails. */
const PATIENCE_MS = 60_000;

/** The `_meta` of a client that speaks protocol revision 2026-07-28. */
export function modernMeta(capabilities = {}) {
  return {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": capabilities,
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  };
}

/** A line of a tool call. */
export function call(id, name, args, more = {}) {
  return JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args, ...more } });
}

/** A policy that lets everything through but what is given. */
export function policy(more = {}) {
  return JSON.stringify({ version: "1", default: "allow", ...more });
}

/**
 * Starts a proxy before the recording server, or before `server`, a command. Gone with the test.
 *
 * `options`: further words for the proxy; counters are in memory unless they say otherwise.
 */
export function startProxy(t, { text = policy(), options = [], server, cwd = folder(t), env = {}, files = {} } = {}) {
  const at = folder(t, { "policy.json": text, ...files });
  const record = join(at, "received");
  const counting = options.includes("--counters") ? [] : ["--counters", "memory"];
  const words = ["proxy", "--policy", join(at, "policy.json"), "--grant", "ci", ...counting, ...options];
  const command = server ?? [process.execPath, RECORDING_SERVER, record];
  const child = start([...words, "--", ...command], { cwd, env });
  t.after(() => child.kill("SIGKILL"));
  const received = () => (existsSync(record) ? readFileSync(record, "utf8") : "");
  return { ...session(child), cwd, at, child, policyPath: join(at, "policy.json"), received };
}

/** Reads and writes the lines of a process. */
export function session(child) {
  const heard = [];
  /** Who waits for an answer and for nothing else, by id. */
  const answers = new Map();
  const errors = { text: "" };
  const waiting = new Set();
  const wake = () => waiting.forEach((look) => look());
  let begun = "";
  let over = false;
  child.stdin.on("error", () => {});
  child.stderr.setEncoding("utf8").on("data", (piece) => {
    errors.text += piece;
    wake();
  });
  child.stdout.setEncoding("utf8").on("data", (piece) => {
    const lines = (begun + piece).split("\n");
    begun = lines.pop();
    for (const line of lines) {
      const answer = answers.size > 0 ? JSON.parse(line) : undefined;
      if (answers.has(answer?.id)) answers.get(answer.id)(answer);
      else heard.push(line);
    }
    wake();
  });
  const ended = new Promise((resolve) => {
    child.on("close", (code, signal) => {
      over = true;
      wake();
      resolve({ code, signal, lines: heard, stderr: errors.text });
    });
  });

  /** Resolves with what `look` finds, which is tried each time something is heard. */
  function until(look, what) {
    return new Promise((resolve, reject) => {
      const fail = (how) => reject(new Error(`${how} ${what}; it said: ${errors.text}`));
      const late = setTimeout(() => fail(`the proxy came in ${PATIENCE_MS} ms not to`), PATIENCE_MS);
      const attempt = () => {
        const found = look();
        if (found === undefined && !over) return;
        waiting.delete(attempt);
        clearTimeout(late);
        if (found !== undefined) resolve(found);
        else fail("the proxy has ended before");
      };
      waiting.add(attempt);
      attempt();
    });
  }

  function message(isIt, what = "the message") {
    return until(() => heard.map((line) => JSON.parse(line)).find(isIt), what);
  }

  return {
    heard,
    errors,
    until,
    ended,
    message,
    send: (line) => child.stdin.write(Buffer.concat([Buffer.from(line), Buffer.from("\n")])),
    /** Sends a line, and waits for the answer to this id. */
    ask(line, id = JSON.parse(line).id) {
      child.stdin.write(`${line}\n`);
      return message((each) => each.id === id && each.method === undefined, `the answer to ${JSON.stringify(id)}`);
    },
    /** The same for many calls at once: what is heard is not kept. */
    async answerTo(line, id) {
      const answer = new Promise((resolve) => answers.set(id, resolve));
      if (!child.stdin.write(`${line}\n`)) await new Promise((resolve) => child.stdin.once("drain", resolve));
      await answer.finally(() => answers.delete(id));
      return answer;
    },
    /** The text of the answer's line, byte for byte. */
    async line(id) {
      await message((each) => each.id === id && each.method === undefined, `the answer to ${JSON.stringify(id)}`);
      return heard.find((line) => JSON.parse(line).id === id);
    },
    stderr: (words) => until(() => (errors.text.includes(words) ? errors.text : undefined), `it said "${words}"`),
    /** What a client of revision 2025-06-18 begins with. */
    async begin(capabilities = {}) {
      const params = { protocolVersion: "2025-06-18", capabilities, clientInfo: { name: "test", version: "1" } };
      const answer = await this.ask(JSON.stringify({ jsonrpc: "2.0", id: "begin", method: "initialize", params }));
      this.send('{"jsonrpc":"2.0","method":"notifications/initialized"}');
      return answer;
    },
    /** Closes the client's side, and waits for the end. */
    end() {
      child.stdin.end();
      return ended;
    },
  };
}
