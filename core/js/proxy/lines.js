// A stream of bytes cut into lines, however long: memory stays bounded, because a line above the cap is not collected.

const LINE_FEED = 10;

/** How many bytes a line may have, unless told. The evaluator reads no more than this. */
export const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Reads a stream to its end, a line at a time: the next is read once the one before is dealt with, so that a slow
 * reader slows the writer down. Lines come without their line feed; empty ones are left out. What stands after the last
 * line feed is a line too.
 *
 * @param {AsyncIterable<Uint8Array>} stream
 * @param {{ most: number, onLine(line: Uint8Array): unknown, onTooLong(): unknown }} options
 */
export async function readLines(stream, { most, onLine, onTooLong }) {
  const begun = growing(most);
  const end = async (rest) => {
    const line = begun.endWith(rest);
    if (!line) await onTooLong();
    else if (!isBlank(line)) await onLine(line);
  };
  for await (const chunk of stream) {
    let start = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, start)) {
      await end(chunk.subarray(start, at));
      start = at + 1;
    }
    begun.add(chunk.subarray(start));
  }
  await end(Buffer.alloc(0));
}

/** The beginning of a line. It is copied, for a chunk of one byte takes much more memory than one byte. */
export function growing(most) {
  let bytes = Buffer.alloc(0);
  let length = 0;
  const add = (more) => {
    const end = length + more.length;
    if (end <= most) {
      if (end > bytes.length) bytes = Buffer.concat([bytes.subarray(0, length)], Math.min(2 * end, most));
      bytes.set(more, length);
    } else {
      bytes = Buffer.alloc(0);
    }
    length = Math.min(end, most + 1);
  };
  return {
    add,
    /** The whole line; nothing where it was too long. */
    endWith(rest) {
      if (length === 0 && rest.length <= most) return rest;
      add(rest);
      const line = length > most ? undefined : bytes.subarray(0, length);
      [bytes, length] = [Buffer.alloc(0), 0];
      return line;
    },
  };
}

/** Writes a line and its line feed, and waits where the reader is slower. Resolves too where the stream has ended. */
export async function writeLine(stream, line) {
  if (stream.destroyed || stream.writableEnded) return;
  if (stream.write(Buffer.concat([line, Buffer.of(LINE_FEED)]))) return;
  await new Promise((resolve) => {
    const done = () => {
      stream.off("drain", done).off("close", done).off("error", done);
      resolve();
    };
    stream.on("drain", done).on("close", done).on("error", done);
  });
}

function isBlank(line) {
  return line.every((byte) => byte === 32 || byte === 9 || byte === 13);
}
