// A policy's file, read anew each time its content changes.
//
// Editors and deployments replace files in many ways: they write in place, rename another over it, turn a symbolic link
// round, delete and create. Events of the folder tell of most of them at once; that the others are not missed, the file
// is looked at each second. Only its content counts. A file that is away for a while changes nothing.

import { readFile, stat } from "node:fs/promises";
import { watch } from "node:fs";
import { dirname } from "node:path";

/** How often the file is looked at, in milliseconds. */
const EVERY_MS = 1_000;
/** How long it must have been quiet after an event, for a file is written in several steps. Milliseconds. */
const QUIET_MS = 50;
/** How large a file is read, in bytes. */
const MOST_BYTES = 256 * 1024 * 1024;

// As at the start: text that is not UTF-8 could be read as another policy.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Follows a file.
 *
 * @param {string} path
 * @param {{ text: string, onText(text: string): void, onError(error: Error): void }} options `text`: what is known.
 *   `onError` is told once when it cannot be read any more.
 * @returns {() => void} Ends it.
 */
export function followFile(path, { text, onText, onError }) {
  let known = text;
  let seen;
  let away = false;
  let reading = Promise.resolve();

  const look = async (anyway) => {
    try {
      const status = await stat(path);
      const { dev, ino, size, mtimeMs, ctimeMs } = status;
      const now = [dev, ino, size, mtimeMs, ctimeMs].join();
      if (now === seen && !anyway) return;
      // Reading a pipe would wait for its writer, and the policy for that.
      if (!status.isFile()) throw new Error("it is no file");
      if (size > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES / 1024 / 1024} MiB`);
      const found = textOf(await readFile(path));
      [seen, away] = [now, false];
      if (found === known) return;
      known = found;
      onText(found);
    } catch (error) {
      if (!away) onError(error);
      [seen, away] = [undefined, true];
    }
  };
  const next = (anyway) => (reading = reading.then(() => look(anyway)));

  const timer = setInterval(next, EVERY_MS, false);
  timer.unref();
  let quiet;
  const events = watchFolder(dirname(path), () => {
    clearTimeout(quiet);
    quiet = setTimeout(next, QUIET_MS, true);
    quiet.unref();
  });
  return () => {
    clearInterval(timer);
    clearTimeout(quiet);
    events?.close();
  };
}

function textOf(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Error("it is not UTF-8");
  }
}

/** Some file systems have no events. Then looking each second must do. */
function watchFolder(folder, onEvent) {
  try {
    return watch(folder, { persistent: false }, onEvent).on("error", () => {});
  } catch {
    return undefined;
  }
}
