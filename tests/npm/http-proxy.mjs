// The proxy's HTTP sides around the real gate and the real interposer, in this process, on a free loopback port.

import { compile } from "gatewright";
import { Gate } from "./node_modules/gatewright/gate.js";
import { Interposer } from "./node_modules/gatewright/mcp/interposer.js";
import { Approvals } from "./node_modules/gatewright/mcp/approvals.js";
import { listen } from "./node_modules/gatewright/proxy/listen.js";
import { childServer } from "./node_modules/gatewright/proxy/process.js";
import { sharedServer } from "./node_modules/gatewright/proxy/shared-server.js";
import { httpUpstream } from "./node_modules/gatewright/proxy/upstream.js";

const MOST_BYTES = 16 * 1024 * 1024;

const NEVER = { deny_if: [{ conditions: [], on_deny: "Not here." }] };

/** A policy that lets everything through but two tools. */
export const POLICY = JSON.stringify({ version: "1", default: "allow", tools: { erase: NEVER, "get-env": NEVER } });

/** Makes interposers, and keeps what they record. */
export function makeInterpose(text = POLICY) {
  const compiled = compile(text);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  const gate = new Gate({ policy: compiled.policy });
  const approvals = new Approvals();
  const records = [];
  const interpose = ({ session, toServer, toClient }) =>
    new Interposer({
      gate,
      approvals,
      caller: { grant: "ci", session },
      toServer,
      toClient,
      record: (entry) => records.push(entry),
    });
  return { interpose, records };
}

/** Listens before an upstream URL. */
export async function listenBeforeUrl(t, url, { policy, upstream = {}, ...options } = {}) {
  const connect = ({ headers }) => httpUpstream({ url: new URL(url), clientHeaders: headers, ...upstream });
  return listening(t, { connect, policy, ...options });
}

/** Listens before a command: a process for each session, one for all clients without. */
export async function listenBeforeCommand(t, command, args, { policy, ...options } = {}) {
  const start = () => childServer({ command, args, most: MOST_BYTES });
  const shared = sharedServer(start);
  const connect = ({ modern }) => (modern ? shared.lane() : start());
  const listener = await listening(t, { connect, policy, ...options });
  t.after(() => shared.close());
  return listener;
}

async function listening(t, { connect, policy, ...options }) {
  const { interpose, records } = makeInterpose(policy);
  const listener = await listen({ port: 0, connect, interpose, ...options });
  t.after(() => listener.close());
  return { ...listener, records };
}
