// A guard around a transport with nothing behind it: messages go in by hand, and what comes out is kept.

import { compile } from "gatewright";
import { Gate, guard } from "gatewright/mcp";

export function makeGate(policy) {
  const compiled = compile(JSON.stringify({ version: "1", default: "deny", tools: {}, ...policy }));
  return new Gate({ policy: compiled.policy });
}

/** A transport as the SDKs write them: with private state, and methods that need it. */
class BareTransport {
  #protocolVersion = "none";
  sent = [];

  async start() {}

  async send(message, options) {
    this.sent.push({ message, along: options });
  }

  async close() {
    this.onclose?.();
  }

  setProtocolVersion(version) {
    this.#protocolVersion = version;
  }

  get protocolVersion() {
    return this.#protocolVersion;
  }
}

/**
 * @returns What reached the client and the server, as `{ message, along }` each, and the two ways to say something.
 */
export async function openBare(gate, options) {
  const transport = new BareTransport();
  const guarded = guard(transport, gate, { grant: "ci", ...options });
  const received = [];
  const errors = [];
  guarded.onmessage = (message, along) => received.push({ message, along });
  guarded.onerror = (error) => errors.push(error);
  await guarded.start();
  const say = (message, along) => transport.onmessage(message, along);
  const send = (message, along) => guarded.send(message, along);
  const ofClient = options.side === "client";
  return {
    transport,
    guarded,
    errors,
    fromClient: ofClient ? send : say,
    fromServer: ofClient ? say : send,
    atServer: ofClient ? transport.sent : received,
    atClient: ofClient ? received : transport.sent,
  };
}

export function callOf(id, name, args, more) {
  return { jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args, ...more } };
}

export function resultOf(id, result) {
  return { jsonrpc: "2.0", id, result };
}

export function failureOf(id) {
  return { jsonrpc: "2.0", id, error: { code: -32602, message: "no such thing" } };
}
