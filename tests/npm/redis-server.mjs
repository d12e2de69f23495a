// A real redis-server of the system's, on a free loopback port, without persistence unless told; alone, or three as a
// cluster.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const HOW_TO_INSTALL =
  "these tests need redis-server on the PATH: `apt-get install redis-server` or `brew install redis`";

/** A port that was free a moment ago, and that leaves room for the port of the cluster's bus, 10000 above. */
async function freePort() {
  for (;;) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address();
    server.close();
    await once(server, "close");
    if (port < 55_000) return port;
  }
}

/** Starts a server, and stops it when the test `t` is over. With `again`, one that was stopped, with what it stored. */
export async function startRedis(t, { options = [], again } = {}) {
  if (spawnSync("redis-server", ["--version"]).error) throw new Error(HOW_TO_INSTALL);
  const { port, folder } = again ?? (await placeFor(t));
  const listening = ["--port", String(port), "--bind", "127.0.0.1"];
  const always = [...listening, "--save", "", "--appendonly", "no", "--dir", folder];
  const child = spawn("redis-server", [...always, ...options], { stdio: ["ignore", "pipe", "ignore"] });
  const exited = once(child, "exit");
  // Whatever ends this process ends the server.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  async function stop() {
    kill();
    await exited;
    process.off("exit", kill);
  }
  t.after(stop);
  await ready(child);
  return {
    port,
    folder,
    url: `redis://127.0.0.1:${port}`,
    stop,
    /** It takes what it is sent from now on, and answers nothing until it goes on. */
    pause: () => child.kill("SIGSTOP"),
    resume: () => child.kill("SIGCONT"),
  };
}

async function placeFor(t) {
  const folder = mkdtempSync(join(tmpdir(), "gatewright-redis-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { port: await freePort(), folder };
}

async function ready(child) {
  const lines = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.includes("Ready to accept connections")) {
      child.stdout.resume();
      return;
    }
  }
  throw new Error(`redis-server did not start:\n${lines.join("\n")}`);
}

/** Sends one command without a client's help, and gives what the server says as text. */
export async function command(port, ...words) {
  const socket = connect(port, "127.0.0.1");
  socket.end(`${words.join(" ")}\r\nQUIT\r\n`);
  const chunks = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Three servers that share the slots. */
export async function startCluster(t) {
  const options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"];
  const nodes = await Promise.all([0, 1, 2].map(() => startRedis(t, { options })));
  const slots = ["0 5460", "5461 10922", "10923 16383"];
  await Promise.all(nodes.map(({ port }, index) => command(port, "CLUSTER ADDSLOTSRANGE", slots[index])));
  await Promise.all(nodes.slice(1).map(({ port }) => command(nodes[0].port, "CLUSTER MEET 127.0.0.1", port)));
  for (const { port } of nodes) await joined(port);
  return nodes;
}

async function joined(port) {
  let state;
  do {
    state = await command(port, "CLUSTER INFO");
  } while (!state.includes("cluster_state:ok") || !state.includes("cluster_known_nodes:3"));
}
