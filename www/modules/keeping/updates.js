// The page's next version: fetched whole in the background (offline.js), and put in place when a person says so.

/** Named by the build (xtask's `seal`); empty while developing, where nothing may be kept. */
const BUILD = document.querySelector('meta[name="gatewright-build"]')?.content;

let waiting;

export function listen(callback) {
  if (!BUILD || !navigator.serviceWorker) return;
  // The first version ever takes over without a word: it is the one that is running.
  let had = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (had) callback("updated");
    had = true;
  });
  register(callback).catch(() => {
    // A browser may refuse; the page then needs the network, as any page.
  });
}

async function register(callback) {
  const registration = await navigator.serviceWorker.register("offline.js", { updateViaCache: "none" });
  const watch = (worker) => {
    const told = () => {
      if (worker.state !== "installed" || !navigator.serviceWorker.controller) return;
      waiting = worker;
      callback("update");
    };
    worker.addEventListener("statechange", told);
    told();
  };
  registration.addEventListener("updatefound", () => registration.installing && watch(registration.installing));
  if (registration.waiting) watch(registration.waiting);
  if (registration.installing) watch(registration.installing);
}

/** Lets the new version take over; `updated` is told when it has. */
export function use() {
  waiting?.postMessage("use");
}

export function reload() {
  location.reload();
}
