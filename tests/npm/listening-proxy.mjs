// `gatewright proxy --listen` as a process of its own, ended with its test.

import { once } from "node:events";
import { createInterface } from "node:readline";
import { start } from "./command.mjs";

/**
 * Runs the command until it listens. Its URL, its process, the promise of how it exits, and `says`: resolves with the
 * line of its standard error that matches, be it said already or not.
 */
export async function listeningCommand(t, words, options) {
  const child = start(words, options);
  const ended = once(child, "exit");
  t.after(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  const said = [];
  const lines = createInterface(child.stderr);
  lines.on("line", (line) => said.push(line));
  const says = async (pattern) => {
    for (;;) {
      const line = said.find((each) => pattern.test(each));
      if (line !== undefined) return line;
      const [more] = await Promise.race([once(lines, "line"), once(lines, "close").then(() => [])]);
      if (more === undefined) throw new Error(`the proxy did not say ${pattern}: ${said.join("\n")}`);
    }
  };
  const [, url] = /listening on (http:\S+)/.exec(await says(/listening on/));
  return { url, child, ended, says };
}
