// Files on this machine: opened and saved in place where the browser can (File System Access), else chosen and
// downloaded. Bytes are kept: a byte order mark stays, and what is not UTF-8 is refused, not mended.

import * as drafts from "./drafts.js";

/** The largest file that is read, in bytes. */
const MOST = 64 * 1024 * 1024;

const TYPES = [{ description: "Policy or workspace", accept: { "application/json": [".json", ".jsonc"] } }];

/** The file that was opened last, until a document takes it. */
let opened;

const named = (name, sentence) => Object.assign(new Error(sentence), { name });

async function text(file) {
  if (file.size > MOST) throw named("TooLarge", file.name);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
  } catch {
    throw named("NotText", file.name);
  }
}

/** Lets a person choose a file: its name and text, or nothing where none was chosen. */
export async function open() {
  opened = undefined;
  if (!globalThis.showOpenFilePicker) {
    const file = await chosen();
    return file && [file.name, await text(file)];
  }
  try {
    const [handle] = await showOpenFilePicker({ types: TYPES });
    const file = await handle.getFile();
    const read = await text(file);
    opened = { handle, modified: file.lastModified };
    return [file.name, read];
  } catch (error) {
    if (error.name === "AbortError") return;
    throw error;
  }
}

function chosen() {
  return new Promise((told) => {
    const input = Object.assign(document.createElement("input"), { type: "file", accept: ".json,.jsonc,.txt" });
    input.addEventListener("change", () => told(input.files[0]));
    input.addEventListener("cancel", () => told());
    input.click();
  });
}

/** From now on the file that was opened last is this document's. */
export async function take(id) {
  if (opened) await drafts.keepFile(id, opened).catch(() => {});
  opened = undefined;
}

/** The name of a document's file. */
export const ofDraft = async (id) => (await drafts.file(id))?.handle.name;

/**
 * Saves to the document's own file, or, where it has none or `elsewhere` is said, to one that a person chooses.
 * `changed` where another program has changed the file meanwhile; nothing where no file was chosen.
 */
export async function save(id, name, written, elsewhere) {
  if (!globalThis.showSaveFilePicker) {
    download(name, written);
    return ["downloaded", name];
  }
  let known = elsewhere ? undefined : await drafts.file(id).catch(() => undefined);
  try {
    if (known) {
      const granted = await known.handle.requestPermission({ mode: "readwrite" });
      if (granted !== "granted") throw named("NotAllowedError", known.handle.name);
      const { lastModified } = await known.handle.getFile();
      if (lastModified !== known.modified) return ["changed", known.handle.name];
    } else {
      known = { handle: await showSaveFilePicker({ suggestedName: name, types: TYPES }) };
    }
  } catch (error) {
    if (error.name === "AbortError") return;
    throw error;
  }
  const stream = await known.handle.createWritable();
  await stream.write(written);
  await stream.close();
  const { lastModified } = await known.handle.getFile();
  await drafts.keepFile(id, { handle: known.handle, modified: lastModified }).catch(() => {});
  return ["saved", known.handle.name];
}

/** What was written of the next download. */
let parts = [];

/** Writes a part of the next download. */
export function write(part) {
  parts.push(part);
}

export function download(name, written) {
  const address = URL.createObjectURL(new Blob([...parts, written], { type: "application/json" }));
  parts = [];
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  // The download has its own hold on the bytes once it has begun.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
