// A tool call as the line of JSON-RPC that a client would send. Arguments stay as they are written, to the last digit:
// what a command judges is what the proxy would judge.

/** `args`: the JSON text of an object, or undefined where a call has none. */
export function callLine(tool, args) {
  const written = args === undefined ? "" : `,"arguments":${args.replace(/[\r\n]+/g, " ")}`;
  return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":${JSON.stringify(tool)}${written}}}`;
}
