// An interposer whose two sides are lists of the messages that reached them.

import { compile } from "gatewright";
import { Gate, Interposer } from "gatewright/mcp";

const decoder = new TextDecoder();

/**
 * @param {string} text The policy.
 * @param {object} [more] Further options of the interposer; `counters` are the gate's.
 */
export function interposed(text, { counters, ...more } = {}) {
  const { policy } = compile(text);
  const gate = new Gate({ policy, counters });
  const seen = { server: [], client: [], records: [], warnings: [] };
  const line = (message) => new TextEncoder().encode(JSON.stringify({ jsonrpc: "2.0", ...message }));
  const taken = (list) => (bytes) => void list.push(JSON.parse(decoder.decode(bytes)));
  const interposer = new Interposer({
    gate,
    caller: { grant: "ci", session: "" },
    toServer: taken(seen.server),
    toClient: taken(seen.client),
    record: (entry) => seen.records.push(entry),
    warn: (problem) => seen.warnings.push(problem),
    ...more,
  });
  return {
    ...seen,
    gate,
    interposer,
    fromClient: (message) => interposer.fromClient(line(message)),
    fromServer: (message) => interposer.fromServer(line(message)),
    drained: () => interposer.drained(),
  };
}

export const cancelled = (requestId) => ({ method: "notifications/cancelled", params: { requestId } });
