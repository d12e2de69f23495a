// The worker in which large runs are made. It is the page's own Wasm, compiled already: its `main` finds no window, and
// answers questions (`web/src/platform/worker.rs`).

onmessage = async ({ data: { glue, module } }) => {
  onmessage = null;
  const { default: start } = await import(glue);
  await start({ module_or_path: module });
};
// Else a failure while it starts would be told to nobody.
addEventListener("unhandledrejection", ({ reason }) => {
  throw reason;
});
