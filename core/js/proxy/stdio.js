// This process's own standard input and output as the client: one message a line.
//
// The client goes in two steps. It has ended once its input is closed; what it asked for can still be told it. It is
// gone once nobody reads the output any more.

import { readLines, writeLine } from "./lines.js";

/**
 * A client side. `onTooLong` is told of each line above `most` bytes, `onEnd` once no more lines come, `onGone` once
 * nobody reads.
 *
 * @param {{ input: import("node:stream").Readable, output: import("node:stream").Writable, most: number }} streams
 */
export function stdioClient({ input, output, most }) {
  return {
    start({ onLine, onTooLong, onEnd, onGone }) {
      output.on("error", onGone);
      output.on("close", onGone);
      readLines(input, { most, onLine, onTooLong }).then(onEnd, onEnd);
    },
    send(line) {
      return writeLine(output, line);
    },
    close() {
      input.destroy();
    },
  };
}
