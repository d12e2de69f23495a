// What is made sure of before LMDB maps its file into memory, where what is wrong with it would end the process.
//
// Looks at the two meta pages only. What is damaged behind them is found when it is read, and then calls are denied.

import { appendFileSync, closeSync, fstatSync, openSync, readSync } from "node:fs";

const MAGIC = 0xbeefc0de;
/** Where a meta page says so, in bytes from its start. */
const AT = { magic: 24, pageSize: 48, lastPage: 144, end: 152 };
/** The most that the end of a file can lack. */
const MOST_LACKING = 64 * 1024 * 1024;

/**
 * Throws where a file, if there is one, is none of LMDB's. Where it is shorter than it says, its end is filled with
 * zeros: in part that is ordinary, and where it was cut off, LMDB can tell now.
 *
 * @param {string} file
 */
export function makeFitToOpen(file) {
  const lacking = lackingBytes(file);
  if (lacking > MOST_LACKING) throw new Error(`${file} is damaged; move it away to start with fresh counters`);
  // Appended, not written to a place: another process may be making it longer right now.
  if (lacking > 0) appendFileSync(file, Buffer.alloc(lacking));
}

function lackingBytes(file) {
  const descriptor = opened(file);
  if (descriptor === undefined) return 0;
  try {
    const { size } = fstatSync(descriptor);
    if (size === 0) return 0;
    const first = metaAt(descriptor, 0);
    const second = first && metaAt(descriptor, first.pageSize);
    if (!second) throw new Error(`${file} holds no counters; move it away, or give another path`);
    return (Math.max(first.lastPage, second.lastPage) + 1) * first.pageSize - size;
  } finally {
    closeSync(descriptor);
  }
}

function opened(file) {
  try {
    return openSync(file, "r");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function metaAt(descriptor, position) {
  const page = Buffer.alloc(AT.end);
  const length = readSync(descriptor, page, 0, page.length, position);
  if (length < page.length || page.readUInt32LE(AT.magic) !== MAGIC) return undefined;
  return { pageSize: page.readUInt32LE(AT.pageSize), lastPage: Number(page.readBigUInt64LE(AT.lastPage)) };
}
