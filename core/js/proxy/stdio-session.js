// One client on standard input and output, from its first line to the end of both sides.
//
// It ends in order: no line is taken any more, answers still to come are passed on and settled for a while, then the
// server is ended. Asked a second time, it does not wait.

import process from "node:process";

/** How long answers are waited for at the end, in milliseconds. */
const GRACE_MS = 5_000;

/** Signals that end the proxy and are passed on to the server. */
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"];
/** Signals that are passed on and end nothing here. */
const PASSING = process.platform === "win32" ? [] : ["SIGUSR2", "SIGCONT"];

/** The exit code where the proxy itself has failed. */
const FAILED = 70;

/**
 * Runs a session. Resolves with the exit code: the server's own, where it is a process.
 *
 * @param {{ client: object, server: object, interpose(wires: object): object, most: number,
 *   report(problem: string): void }} sides
 */
export async function runStdioSession({ client, server, interpose, most, report }) {
  const toClient = (line) => client.send(line);
  const interposer = interpose({ toServer: (line) => server.send(line), toClient });
  const end = whatEnds();
  const pass = (signal) => server.signal?.(signal);
  let step = "running";
  const unhook = onSignals((signal) => (step === "closing" ? pass(signal) : end.next({ signal })), pass);

  server.start({
    onLine: (line) => interposer.fromServer(line).catch((error) => end.next({ failed: error })),
    onLost: (id, message) => interposer.answerLost(id, message),
    onTooLong: () => interposer.answersLost(`the server sent a message of more than ${most} bytes`),
    onGone: async (message) => {
      await interposer.serverGone(message);
      end.next({ server: "gone", message });
    },
  });
  client.start({
    onLine: (line) => interposer.fromClient(line).catch((error) => end.next({ failed: error })),
    onTooLong: () => interposer.fromClientTooLong(most),
    onEnd: () => step === "running" && end.next({ client: "ended" }),
    onGone: () => {
      interposer.clientGone();
      end.next({ client: "gone" });
    },
  });

  const first = await end.wait();
  step = "draining";
  client.close();
  if (first.failed) {
    report(`the session cannot go on: ${first.failed.message}`);
    await interposer.serverGone("the proxy has failed");
  }
  interposer.clientEnded();
  let last = first;
  if (first.signal || first.client === "ended") {
    last = (await within(Promise.race([interposer.drained(), end.wait()]), GRACE_MS)) ?? first;
  }
  step = "closing";
  await server.close(last.signal ?? first.signal);
  interposer.clientGone();
  unhook();
  const code = await server.ended;
  if (first.server && code !== 0) report(first.message);
  return first.failed ? FAILED : (code ?? (first.server ? 1 : 0));
}

/** What asks for the end, one after the other. */
function whatEnds() {
  const told = [];
  let wake = () => {};
  return {
    next(reason) {
      told.push(reason);
      wake();
    },
    async wait() {
      if (told.length === 0) await new Promise((resolve) => (wake = resolve));
      return told.shift();
    },
  };
}

function onSignals(end, pass) {
  for (const name of ENDING) process.on(name, end);
  for (const name of PASSING) process.on(name, pass);
  return () => {
    for (const name of ENDING) process.off(name, end);
    for (const name of PASSING) process.off(name, pass);
  };
}

/** What a promise resolves with, or undefined once it takes too long. */
function within(promise, ms) {
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
