// The proxy as a service over HTTP, until a signal ends it: many clients, each with a session or a request of its own.
//
// A command is started for each session. Clients without sessions share one process, since they can tell it nothing
// that would concern another.

import process from "node:process";

import { listen } from "./listen.js";
import { sharedServer } from "./shared-server.js";

/**
 * Serves until SIGINT or SIGTERM. Resolves with the exit code.
 *
 * @param {{ settings: Record<string, any>, interpose(wires: object): object, connect(client?: object): object,
 *   most: number, report(problem: string): void, io: { env: Record<string, string | undefined> } }} service
 */
export async function serve({ settings, interpose, connect, most, report, io }) {
  const shared = settings.command === undefined ? undefined : sharedServer(connect);
  const service = await listen({
    ...addressOf(settings.listen),
    path: settings["listen-path"],
    connect: (client) => (client.modern && shared ? shared.lane() : connect(client)),
    interpose,
    token: tokenFrom(settings["listen-token-env"], io.env),
    allowRemote: settings["allow-remote"],
    allowHosts: settings["allow-host"],
    allowOrigins: settings["allow-origin"],
    bounds: { maxBytes: most },
    report,
  });
  report(`listening on ${service.url}`);
  await signalled(["SIGINT", "SIGTERM"]);
  await service.close();
  await shared?.close();
  return 0;
}

/** `PORT`, `HOST:PORT` or `[ADDRESS]:PORT`. Port 0 is any that is free. */
function addressOf(text) {
  const [, host, port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new Error(`--listen: \`${text}\` is no address; write HOST:PORT or PORT`);
  }
  return { host: host?.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function tokenFrom(name, env) {
  if (name === undefined) return undefined;
  if (env[name]) return env[name];
  throw new Error(`--listen-token-env: the environment variable \`${name}\` is not set`);
}

function signalled(names) {
  return new Promise((resolve) => {
    for (const name of names) process.once(name, resolve);
  });
}
