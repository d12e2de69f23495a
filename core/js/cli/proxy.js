// `gatewright proxy`: puts a policy before an MCP server. What it does is in `proxy/`; here are its options.

import process from "node:process";

import { compile } from "../index.js";
import { Gate } from "../gate.js";
import { Approvals } from "../mcp/approvals.js";
import { Interposer } from "../mcp/interposer.js";
import { CountersError, openCounters } from "../proxy/counters.js";
import { MOST_BYTES as LOG_BYTES, openDecisionLog } from "../proxy/decision-log.js";
import { MOST_BYTES as LINE_BYTES } from "../proxy/lines.js";
import { followFile } from "../proxy/policy-file.js";
import { childServer } from "../proxy/process.js";
import { stdioClient } from "../proxy/stdio.js";
import { runStdioSession } from "../proxy/stdio-session.js";
import { readPolicy, renderDiagnostics } from "./diagnostic.js";
import { atMostOne, BadUse, COUNTING, COUNTING_USAGE, countingOptions, readArguments } from "./options.js";
import { colours, legible, write } from "./output.js";

export const summary = "put a policy before an MCP server";

export const usage = `Usage: gatewright proxy --policy FILE [OPTIONS] -- COMMAND [ARGUMENTS]
       gatewright proxy --policy FILE [OPTIONS] --upstream URL

Speaks to one MCP server, and lets a client's tool calls through as the policy says. Calls that are allowed are
forwarded byte for byte; others are answered in the server's place. The client is this process's own standard input and
output, or with --listen whoever connects. A changed policy file is taken over at once; a broken one is refused, and the
old one stays.

Policy:
  --policy FILE              the policy
  --grant NAME               who calls, as counters and the log name them (default)
  --session NAME             the session within the grant (a new name for each process, or for each HTTP session)
  --dry-run                  forward everything, and log what would be denied
  --approval-timeout SECONDS how long a call waits for a person (55: most clients give up at 60)

Counting:
  --counters WHERE           lmdb, lmdb:FOLDER, a redis:// URL, memory, or env:NAME for what stands in an environment
                             variable (lmdb: a folder of this user, one for each policy file)
${COUNTING_USAGE}

Decision log:
  --log FILE                 append each decision as a line of JSON, for gatewright simulate
  --log-args                 with the values of arguments; otherwise only their names
  --log-max-bytes BYTES      move the file aside when it is full; five are kept (${LOG_BYTES})

Server:
  --upstream URL             a server over streamable HTTP, in place of a command
  --upstream-header NAME=ENV a header for it, from an environment variable; may be repeated
  --allow-insecure-upstream  plain http to another machine

Client:
  --listen [HOST:]PORT       serve streamable HTTP, on 127.0.0.1 unless told
  --listen-path PATH         where (/mcp)
  --listen-token-env ENV     ask for the bearer token that stands in an environment variable
  --allow-remote             listen where other machines reach it; needs a token
  --allow-host NAME          a further name that the proxy is reached by; may be repeated
  --allow-origin ORIGIN      pages that may speak to the proxy; may be repeated
  --max-line-bytes BYTES     the longest message (${LINE_BYTES})

Examples:
  gatewright proxy --policy policy.json --grant ci -- npx -y @modelcontextprotocol/server-filesystem .
  gatewright proxy --policy policy.json --dry-run --log calls.jsonl -- uvx mcp-server-git
  gatewright proxy --policy policy.json --upstream https://example.com/mcp --upstream-header authorization=TOKEN
  gatewright proxy --policy policy.json --listen 8931 -- npx -y @modelcontextprotocol/server-everything

Exit codes: the server's own (128 and the signal's number where one ended it, 127 where it cannot be started), 2 bad
use.
`;

const OPTIONS = {
  policy: { type: "string" },
  grant: { type: "string" },
  session: { type: "string" },
  "dry-run": { type: "boolean" },
  "approval-timeout": { type: "string" },
  counters: { type: "string" },
  ...COUNTING,
  log: { type: "string" },
  "log-args": { type: "boolean" },
  "log-max-bytes": { type: "string" },
  upstream: { type: "string" },
  "upstream-header": { type: "string", many: true },
  "allow-insecure-upstream": { type: "boolean" },
  listen: { type: "string" },
  "listen-path": { type: "string" },
  "listen-token-env": { type: "string" },
  "allow-remote": { type: "boolean" },
  "allow-host": { type: "string", many: true },
  "allow-origin": { type: "string", many: true },
  "max-line-bytes": { type: "string" },
};

/** Options that mean something only with another. */
const NEEDED = [
  ["log-args", "log"],
  ["log-max-bytes", "log"],
  ["upstream-header", "upstream"],
  ["allow-insecure-upstream", "upstream"],
  ["listen-path", "listen"],
  ["listen-token-env", "listen"],
  ["allow-remote", "listen"],
  ["allow-host", "listen"],
  ["allow-origin", "listen"],
];

/** The least that a message may be allowed to have; below, no client could begin. */
const LEAST_LINE_BYTES = 1_024;
const LEAST_LOG_BYTES = 65_536;

export async function run(words, io) {
  const settings = readSettings(words);
  const report = (problem) => void write(io.stderr, `gatewright proxy: ${legible(problem)}\n`);
  const setUp = await openAll(settings, io, report);
  try {
    const { serve } = settings.listen ? await import("../proxy/http-session.js") : { serve: serveStdio };
    return await serve(setUp);
  } catch (error) {
    throw asBadUse(error);
  } finally {
    await setUp.close();
  }
}

function readSettings(words) {
  const end = words.indexOf("--");
  const own = end < 0 ? words : words.slice(0, end);
  const [command, ...args] = end < 0 ? [] : words.slice(end + 1);
  const { values } = readArguments(own, { options: OPTIONS });
  for (const [option, needed] of NEEDED) {
    if (values[option] !== undefined && values[needed] === undefined) {
      throw new BadUse(`\`--${option}\` means nothing without \`--${needed}\``);
    }
  }
  if (values.session !== undefined && values.listen !== undefined) {
    throw new BadUse("`--session` means nothing with `--listen`: each HTTP session is one");
  }
  if (values.policy === undefined) throw new BadUse("`--policy` is missing; see --help");
  if (values.policy === "-") throw new BadUse("`--policy` must be a file, for it is followed; `-` is the client's");
  if (command !== undefined && values.upstream !== undefined) {
    throw new BadUse("give `--upstream` or a command after `--`, not both");
  }
  if (command === undefined && values.upstream === undefined) {
    throw new BadUse("no server: give its command after `--`, or `--upstream URL`; see --help");
  }
  return {
    ...values,
    command,
    args,
    grant: values.grant ?? "default",
    counting: countingOptions(values),
    most: wholeNumber(values, "max-line-bytes", { least: LEAST_LINE_BYTES, most: LINE_BYTES }) ?? LINE_BYTES,
    logBytes: wholeNumber(values, "log-max-bytes", { least: LEAST_LOG_BYTES }),
    approvalSeconds: wholeNumber(values, "approval-timeout", { least: 1, most: 86_400 }),
  };
}

function wholeNumber(values, name, { least, most = Number.MAX_SAFE_INTEGER }) {
  const written = values[name];
  if (written === undefined) return undefined;
  const number = /^\d+$/.test(written) ? Number(written) : NaN;
  if (number >= least && number <= most) return number;
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new BadUse(`\`--${name}\` takes a whole number ${bounds}, not \`${written}\``);
}

/** Opens what a session needs, and closes all of it again where something cannot be opened. */
async function openAll(settings, io, report) {
  const { policy: policyPath, counting, grant, most } = settings;
  const closing = [];
  const close = async () => {
    for (const each of closing.splice(0).reverse()) await each();
  };
  try {
    const text = await readPolicy(policyPath, io, counting);
    const { policy } = compile(text, counting);
    const connect = await serverSide(settings, io, report);
    const where = { policyPath, counting, env: io.env, report };
    const counters = await openCounters(settings.counters ?? "lmdb", where);
    if (counters) closing.push(() => counters.close());
    const gate = new Gate({ policy, counters });
    const log = openLog(settings);
    if (log) closing.push(() => log.close());
    closing.push(followPolicy(policyPath, text, gate, io, report));
    const seconds = settings.approvalSeconds;
    const approvals = new Approvals(seconds && { timeoutMs: seconds * 1_000, expiresMs: seconds * 1_000 });
    const session = settings.session ?? crypto.randomUUID();
    const record = log && ((entry) => log.record(entry));
    const dryRun = settings["dry-run"] === true;
    const interpose = ({ session: own = session, ...wires }) =>
      new Interposer({ gate, record, approvals, dryRun, warn: report, ...wires, caller: { grant, session: own } });
    return { settings, interpose, connect, most, report, io, close };
  } catch (error) {
    await close();
    throw asBadUse(error);
  }
}

function openLog({ log, "log-args": withArgs, logBytes: maxBytes }) {
  if (log === undefined) return undefined;
  try {
    return openDecisionLog(log, { withArgs, maxBytes });
  } catch (error) {
    throw new BadUse(`the decision log cannot be written: ${error.message}`);
  }
}

function followPolicy(path, text, gate, io, report) {
  return followFile(path, {
    text,
    onText(changed) {
      const replaced = gate.replace(changed);
      if (replaced.ok) return report(`${path} has changed, and holds from now on`);
      const shown = renderDiagnostics(path, changed, replaced.errors, colours(io.stderr, io.env));
      void write(io.stderr, `${shown}\n`);
      report(`${path} has changed and has errors: the policy before it still holds`);
    },
    onError: (error) => report(`${path} cannot be read, and the policy still holds: ${error.message}`),
  });
}

/** How a server side is made, for a client that comes with some headers or with none. */
async function serverSide(settings, io, report) {
  const { command, args, most } = settings;
  if (command !== undefined) return () => childServer({ command, args, most });
  const { requester } = await import("../proxy/http-request.js");
  const { headersFromEnvironment, upstreamUrl } = await import("../proxy/upstream-address.js");
  const { httpUpstream } = await import("../proxy/upstream.js");
  const url = upstreamUrl(settings.upstream, { allowInsecure: settings["allow-insecure-upstream"] });
  const headers = headersFromEnvironment(settings["upstream-header"] ?? [], io.env);
  const shared = { url, http: requester(url), headers, report, bounds: { maxBytes: most } };
  return (client) => httpUpstream({ ...shared, clientHeaders: client?.headers });
}

function serveStdio({ interpose, connect, most, report, io }) {
  const client = stdioClient({ input: io.stdin, output: io.stdout, most });
  return runStdioSession({ client, server: connect(), interpose, most, report });
}

function asBadUse(error) {
  const isTheirs = error instanceof CountersError || /^--[a-z]/.test(error.message);
  return isTheirs ? new BadUse(error.message) : error;
}
