// A bar on a terminal for work that takes longer than a second. Elsewhere it draws nothing.

import process from "node:process";

const DELAY_MS = 1000;
const BETWEEN_MS = 100;
const WIDTH = 30;

/**
 * `now` gives milliseconds of a clock that only runs forward.
 *
 * @returns {{ show(share: number, label: string): void, end(): void }} `share` is from 0 to 1.
 */
export function progressBar(stream, now = () => performance.now()) {
  if (!stream.isTTY) return { show() {}, end() {} };
  const begun = now();
  let drawn;

  const clear = () => stream.write("\r\u001b[2K");
  const interrupted = () => {
    clear();
    process.exit(130);
  };
  return {
    show(share, label) {
      const at = now();
      if (at - begun < DELAY_MS || at - drawn < BETWEEN_MS) return;
      if (drawn === undefined) process.once("SIGINT", interrupted);
      drawn = at;
      const full = Math.round(Math.max(0, Math.min(1, share)) * WIDTH);
      const percent = String(Math.floor(Math.min(1, share) * 100)).padStart(3);
      stream.write(`\r\u001b[2K[${"#".repeat(full)}${"-".repeat(WIDTH - full)}] ${percent} % ${label}`);
    },
    end() {
      if (drawn === undefined) return;
      process.off("SIGINT", interrupted);
      clear();
    },
  };
}
