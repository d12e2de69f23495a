// One document is open in one tab. A lock of the browser's is held for as long as it is: it ends with the tab, however
// the tab ends. Where a browser has no locks (a page that is not served securely), the revisions of drafts.js still keep
// one tab from writing over another.

const releases = new Map();
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("gatewright") : undefined;

const lockName = (id) => `gatewright ${id}`;

/** How long a page that is being reloaded may take to let go of its document, in milliseconds. */
const RELOAD = 1500;

/** Holds a document for this tab: `held`, or `elsewhere`. With `again`, this tab had it before a reload. */
export function hold(id, again) {
  if (!navigator.locks || releases.has(id)) return "held";
  return new Promise((told) => {
    const options = again ? { signal: AbortSignal.timeout(RELOAD) } : { ifAvailable: true };
    const held = (lock) => {
      if (!lock) return told("elsewhere");
      told("held");
      return new Promise((release) => releases.set(id, release));
    };
    navigator.locks.request(lockName(id), options, held).catch(() => told("elsewhere"));
  });
}

export function release(id) {
  releases.get(id)?.();
  releases.delete(id);
}

/** The documents that other tabs hold. */
export async function elsewhere() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const names = held.map((lock) => lock.name).filter((name) => name.startsWith("gatewright "));
  return names.map((name) => name.slice(11)).filter((id) => !releases.has(id));
}

/** Tells the other tabs that the list of documents has changed. */
export function tell() {
  channel?.postMessage("drafts");
}

export function listen(callback) {
  channel?.addEventListener("message", ({ data }) => callback(data));
}

/** The document of this tab, which a reload finds again; another tab does not see it. */
export function own(id) {
  try {
    if (id === undefined) return sessionStorage.getItem("gatewright-document") ?? undefined;
    sessionStorage.setItem("gatewright-document", id);
  } catch {
    // Without storage there is nothing to find again.
  }
}

/** While this is set, a reload does not open the document by itself: opening it may be what failed. */
export function opening(id) {
  try {
    if (id === undefined) return sessionStorage.getItem("gatewright-opening") ?? undefined;
    sessionStorage.setItem("gatewright-opening", id);
  } catch {
    // As above.
  }
}
