// A child process as the server: one message a line on its standard input and output; its errors go to ours.
//
// It runs in a process group of its own, where there are such: what a terminal sends to the proxy reaches it through
// the proxy, after the answers still to come; and a wrapper like npx does not leave the server behind when it is
// killed.

import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";

import { readLines, writeLine } from "./lines.js";

/** How long a server may take to end once its input is closed, and again once it is asked by a signal. Milliseconds. */
const GRACE_MS = 1_500;

/**
 * A server side.
 *
 * @param {{ command: string, args: string[], most: number }} options
 */
export function childServer({ command, args, most }) {
  const groups = process.platform !== "win32";
  let child;
  let ended;

  const signal = (name) => {
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(groups ? -child.pid : child.pid, name);
    } catch {
      // It has ended in this moment.
    }
  };

  return {
    /**
     * Starts the process. `onGone` is told once it has ended and all that it wrote is read. Who takes no note of lines
     * that are too long has the process killed by one: an answer may have been in it.
     */
    start({ onLine, onTooLong, onGone }) {
      const tooLong = onTooLong ?? (() => signal("SIGKILL"));
      child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], detached: groups });
      child.stdin.on("error", () => {});
      const read = readLines(child.stdout, { most, onLine, onTooLong: tooLong }).catch(() => {});
      ended = endOf(child).then(async (end) => {
        // A grandchild may hold the output open.
        await Promise.race([read, delay(GRACE_MS)]);
        await onGone(end.words);
        return end.code;
      });
    },
    send(line) {
      return writeLine(child.stdin, line);
    },
    signal,
    /** Resolves with the exit code once the process has ended: 128 and its signal's number, 127 without a start. */
    get ended() {
      return ended;
    },
    /** Ends the process: its input is closed; then it is asked, unless `first` did so already; then it is killed. */
    async close(first) {
      if (!child) return;
      child.stdin.end();
      if (first) signal(first);
      if (await within(ended, GRACE_MS)) return;
      signal("SIGTERM");
      if (await within(ended, GRACE_MS)) return;
      signal("SIGKILL");
      await ended;
    },
  };
}

function endOf(child) {
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 127, words: `the server cannot be started: ${error.message}` }));
    child.on("exit", (code, name) => {
      if (name) resolve({ code: 128 + constants.signals[name], words: `the server was ended by ${name}` });
      else resolve({ code, words: `the server has ended with exit code ${code}` });
    });
  });
}

function within(promise, ms) {
  return Promise.race([promise.then(() => true), delay(ms).then(() => false)]);
}

function delay(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
