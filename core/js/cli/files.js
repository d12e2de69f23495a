// The files that commands read and write. `-` is standard input, which can be read once.

import { createReadStream } from "node:fs";
import { open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { isUtf8 } from "node:buffer";

import { BadUse } from "./options.js";

/** What is read as one text may have so many bytes. */
export const MAX_TEXT = 256 * 1024 * 1024;

const taken = new WeakSet();

/** What a file is called in messages. */
export function nameOf(path) {
  return path === "-" ? "standard input" : path;
}

/** The bytes of a file, piece by piece. */
export async function* readPieces(path, io) {
  try {
    yield* path === "-" ? standardInput(io.stdin) : createReadStream(path, { highWaterMark: 256 * 1024 });
  } catch (error) {
    if (error instanceof BadUse) throw error;
    throw new BadUse(`cannot read ${nameOf(path)}: ${problem(error)}`);
  }
}

function standardInput(stdin) {
  if (taken.has(stdin)) throw new BadUse("standard input (`-`) can be read once only");
  taken.add(stdin);
  return stdin;
}

/** The text of a file, which must be UTF-8. A byte order mark stays in it. */
export async function readText(path, io) {
  const pieces = [];
  let size = 0;
  for await (const piece of readPieces(path, io)) {
    size += piece.length;
    if (size > MAX_TEXT) throw new BadUse(`${nameOf(path)} has more than ${MAX_TEXT / 1024 / 1024} MiB`);
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  if (!isUtf8(bytes)) throw new BadUse(`${nameOf(path)}:${firstBadLine(bytes)}: not UTF-8; save the file as UTF-8`);
  return bytes.toString("utf8");
}

function firstBadLine(bytes) {
  for (let line = 1, start = 0; ; line += 1) {
    const end = bytes.indexOf(10, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}

/** Writes a file anew in one step: it is the old one or the new one whole, and keeps its permissions. */
export async function replaceFile(path, text) {
  let temporary;
  try {
    const target = await realpath(path);
    const { mode } = await stat(target);
    temporary = join(dirname(target), `.${basename(target)}.${process.pid}.new`);
    await writeNew(temporary, text, mode);
    await rename(temporary, target);
  } catch (error) {
    if (temporary) await rm(temporary, { force: true });
    throw new BadUse(`cannot write ${path}: ${problem(error)}`);
  }
}

async function writeNew(path, text, mode) {
  const file = await open(path, "wx", mode);
  try {
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

const PROBLEMS = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  EACCES: "access is denied",
  EPERM: "access is denied",
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
};

/** An error of the system in words. */
export function problem(error) {
  return PROBLEMS[error.code] ?? error.message;
}
