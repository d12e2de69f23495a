// What a browser keeps and carries for the page: documents and their snapshots, files on this machine, links, and the
// page's own next version.
//
// Rust asks in words and gets texts: `ask(what, ...texts)` resolves to an array of strings, or rejects with an error
// whose `name` says why (`web/src/model/refusal.rs` has the sentences). `listen` tells of what happens without being
// asked. Nothing here knows what a policy is.

import * as drafts from "./keeping/drafts.js";
import * as failure from "./keeping/failure.js";
import * as files from "./keeping/files.js";
import * as links from "./keeping/links.js";
import * as tabs from "./keeping/tabs.js";
import * as updates from "./keeping/updates.js";

const WORDS = { drafts, failure, files, links, tabs, updates };

/** `what` is a module's name and a function's, `drafts.list`. */
export async function ask(what, ...texts) {
  const [module, verb] = what.split(".");
  const answer = await WORDS[module][verb](...texts);
  if (answer === undefined || answer === null) return [];
  return Array.isArray(answer) ? answer : [answer];
}

/**
 * Tells of what happens, each time in one word: `drafts` (another tab changed the list), `hide` (the page is about to
 * go), `update` (a new version waits), `updated` (it has taken over).
 */
export function listen(callback) {
  tabs.listen(callback);
  updates.listen(callback);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") callback("hide");
  });
  addEventListener("pagehide", () => callback("hide"));
}

/** Puts a document aside, at once: nothing that takes time is done for a page that goes. */
export const putAside = drafts.putAside;

/** What a new document is kept under: no other has it. */
export const newId = () => crypto.randomUUID();

/** The page has failed for good: says so in the page, with a way to the text. */
export const failed = failure.show;
