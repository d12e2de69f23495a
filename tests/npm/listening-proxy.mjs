// `gatewright proxy --listen` as a process of its own, ended with its test.

import { once } from "node:events";
import { createInterface } from "node:readline";
import { start } from "./command.mjs";

/** Runs the command until it listens. Its URL, its process, and the promise of how it exits. */
export async function listeningCommand(t, words, options) {
  const child = start(words, options);
  const ended = once(child, "exit");
  t.after(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  const said = [];
  for await (const line of createInterface(child.stderr)) {
    said.push(line);
    const [, url] = /listening on (http:\S+)/.exec(line) ?? [];
    if (url) return { url, child, ended };
  }
  throw new Error(`the proxy did not listen: ${said.join("\n")}`);
}
