// The decision log: a line of JSON for each decision, one for each end of a call; `gatewright simulate` replays it.
//
// A decision is written before the call goes on, so that a crash leaves no call without its line. A log that cannot be
// written therefore stops the calls. Argument values are left out unless asked for; headers and the environment never
// come near it.
//
// Several proxies may write to one file: each line is appended in one piece, and whoever finds the file full moves it
// aside for all. Where two find it full at once, the second may move a file aside that is not: no line is lost by that.

import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import { readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";

/** How large a file may grow before it is moved aside, in bytes, unless told. */
export const MOST_BYTES = 64 * 1024 * 1024;
/** How many files are kept besides the one that is written to. */
const KEPT = 5;
/** What is added to the name of a file that is moved aside: when, and by which process. It sorts by time. */
const ASIDE = /^\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z-\d+$/;
/** How many names of arguments are written, and how long they may be. */
const NAMES = { most: 64, length: 128 };

/**
 * Opens a log. Throws where it cannot be written.
 *
 * @param {string} path Made where it is missing, for this user alone.
 * @param {{ maxBytes?: number, withArgs?: boolean }} [options]
 */
export function openDecisionLog(path, { maxBytes = MOST_BYTES, withArgs = false } = {}) {
  let file = open(path);

  const makeRoom = () => {
    const { size, ino } = fstatSync(file);
    if (size < maxBytes) return;
    // Unless another proxy has moved it aside in the meantime.
    if (inodeOf(path) === ino) moveAside(path);
    const full = file;
    // Closed last: what cannot be replaced must not be the number of another file.
    file = open(path);
    closeSync(full);
  };

  return {
    /** Writes one entry of an interposer. Throws where it cannot. */
    record(entry) {
      makeRoom();
      const line = Buffer.from(`${textOf(entry, withArgs)}\n`);
      // In one piece, unless the disk is full: then the piece that is there must not run into the next line.
      const written = writeSync(file, line);
      if (written === line.length) return;
      writeSync(file, "\n");
      throw new Error("the disk is full");
    },
    close() {
      closeSync(file);
    },
  };
}

function textOf({ arguments: args, ...entry }, withArgs) {
  if (!args || args.length === 0) return JSON.stringify(entry);
  const text = Buffer.from(args).toString("utf8");
  // The very text: a parsed number may be another than the one that was judged.
  if (withArgs) return `${JSON.stringify(entry).slice(0, -1)},"args":${text}}`;
  const names = Object.keys(JSON.parse(text)).filter((name) => name.length <= NAMES.length).slice(0, NAMES.most);
  return JSON.stringify(names.length > 0 ? { ...entry, unknown_args: names } : entry);
}

function open(path) {
  return openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
}

function inodeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function moveAside(path) {
  const when = new Date().toISOString().replace(/[:.]/g, "-");
  try {
    renameSync(path, `${path}.${when}-${process.pid}`);
  } catch (error) {
    // Another proxy was faster.
    if (error.code !== "ENOENT") throw error;
  }
  const [folder, name] = [dirname(path), basename(path)];
  const isAside = (each) => each.startsWith(name) && ASIDE.test(each.slice(name.length));
  const aside = readdirSync(folder).filter(isAside).sort();
  for (const old of aside.slice(0, -KEPT)) rmSync(join(folder, old), { force: true });
}
