// Documents and snapshots in IndexedDB.
//
// The list is apart from the texts, so that it is read without them. Each write names the revision that it follows:
// where another tab has written since, nothing is written, and the answer says so.

import { openDB } from "idb";
import * as tabs from "./tabs.js";

const NAME = "gatewright";
const VERSION = 1;

let opening;

/** The database. A refusal is forgotten, so that the next question asks again. */
function database() {
  opening ??= openDB(NAME, VERSION, {
    upgrade(db) {
      db.createObjectStore("drafts", { keyPath: "id" });
      db.createObjectStore("contents");
      db.createObjectStore("files");
      const snapshots = db.createObjectStore("snapshots", { keyPath: ["draft", "at"] });
      snapshots.createIndex("list", ["draft", "at", "why"]);
    },
    // A newer version of the page, in another tab, wants to change the stores.
    blocking: (_now, _wanted, event) => event.target.close(),
    terminated: () => (opening = undefined),
  }).catch((error) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

/** Every document, as JSON: id, name, saved, revision, and deleted where it is. */
export async function list() {
  return JSON.stringify(await (await database()).getAll("drafts"));
}

/** A document's workspace and history. */
export async function read(id) {
  const found = await (await database()).get("contents", id);
  return found && [found.workspace, found.history];
}

/** Writes a document that follows the revision its entry names: `saved`, or `changed` where another came between. */
export async function write(entry, workspace, history) {
  const draft = JSON.parse(entry);
  const work = (await database()).transaction(["drafts", "contents"], "readwrite");
  const entries = work.objectStore("drafts");
  const stored = await entries.get(draft.id);
  if ((stored?.revision ?? 0) !== draft.revision) {
    await work.done;
    forget(draft.id);
    return "changed";
  }
  entries.put({ ...draft, revision: draft.revision + 1 });
  work.objectStore("contents").put({ workspace, history }, draft.id);
  await work.done;
  forget(draft.id);
  return "saved";
}

const ASIDE = "gatewright-unsaved-";

/**
 * Puts a document aside at once, for a page that goes has no time for a database. It is written properly by the page
 * itself where it stays after all, or else by the next one (`recover`).
 */
export function putAside(entry, workspace, history) {
  try {
    localStorage.setItem(ASIDE + JSON.parse(entry).id, JSON.stringify([entry, workspace, history]));
  } catch {
    // Refused or full: the database may still be quick enough.
  }
}

function forget(id) {
  try {
    localStorage.removeItem(ASIDE + id);
  } catch {
    // What cannot be removed was never put there.
  }
}

/** Writes what pages put aside when they went, but for documents that other tabs have open. */
export async function recover() {
  const elsewhere = await tabs.elsewhere();
  for (const key of Object.keys(localStorage).filter((key) => key.startsWith(ASIDE))) {
    const id = key.slice(ASIDE.length);
    if (elsewhere.includes(id)) continue;
    const [entry, workspace, history] = JSON.parse(localStorage.getItem(key));
    if ((await write(entry, workspace, history)) === "saved") continue;
    // Another tab went on with it meanwhile: both are kept.
    const draft = JSON.parse(entry);
    const copy = { ...draft, id: crypto.randomUUID(), name: `${draft.name} (recovered)`, revision: 0 };
    await write(JSON.stringify(copy), workspace, history);
  }
}

/** Marks a document deleted at a time (milliseconds), or, with no time, not deleted. */
export async function mark(id, deleted) {
  const work = (await database()).transaction("drafts", "readwrite");
  const draft = await work.store.get(id);
  if (draft) {
    delete draft.deleted;
    await work.store.put(deleted ? { ...draft, deleted: Number(deleted) } : draft);
  }
  await work.done;
}

/** Removes for good what was deleted before a time. */
export async function purge(before) {
  const work = (await database()).transaction(["drafts", "contents", "files", "snapshots"], "readwrite");
  for (const draft of await work.objectStore("drafts").getAll()) {
    if (!(draft.deleted < Number(before))) continue;
    for (const store of ["drafts", "contents", "files"]) work.objectStore(store).delete(draft.id);
    work.objectStore("snapshots").delete(IDBKeyRange.bound([draft.id], [draft.id, []]));
  }
  await work.done;
}

/** A document's snapshots, the newest first, as JSON: at, why. */
export async function snapshots(id) {
  const index = (await database()).transaction("snapshots").store.index("list");
  const found = [];
  let cursor = await index.openKeyCursor(IDBKeyRange.bound([id], [id, []]), "prev");
  for (; cursor; cursor = await cursor.continue()) found.push({ at: cursor.key[1], why: cursor.key[2] });
  return JSON.stringify(found);
}

/** Takes a snapshot, and forgets the oldest beyond `kept`. */
export async function take(id, at, why, workspace, kept) {
  const work = (await database()).transaction("snapshots", "readwrite");
  await work.store.put({ draft: id, at: Number(at), why, workspace });
  const keys = await work.store.getAllKeys(IDBKeyRange.bound([id], [id, []]));
  for (const key of keys.slice(0, -Number(kept))) work.store.delete(key);
  await work.done;
}

/** The workspace of a snapshot. */
export async function snapshot(id, at) {
  return (await (await database()).get("snapshots", [id, Number(at)]))?.workspace;
}

/** The file that a document was opened from or saved to: a handle, and when the file was last changed. */
export const file = async (id) => (await database()).get("files", id);

export const keepFile = async (id, kept) => (await database()).put("files", kept, id);
