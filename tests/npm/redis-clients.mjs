// The clients that counters in Redis work with, each by its own package, ended with the test.

import Ioredis6, { Cluster as Cluster6 } from "ioredis";
import Ioredis5, { Cluster as Cluster5 } from "ioredis-5";
import * as redis6 from "redis";
import * as redis5 from "redis-5";

function ioredis(Client, Cluster) {
  return {
    async single(t, { url }, options = {}) {
      const client = new Client(url, { retryStrategy: () => 5, ...options });
      return ended(t, client, () => client.disconnect());
    },
    async cluster(t, nodes) {
      const client = new Cluster(nodes.map(({ port }) => ({ host: "127.0.0.1", port })));
      return ended(t, client, () => client.disconnect());
    },
    raw: (client, ...words) => client.call(...words),
  };
}

function nodeRedis({ createClient, createCluster }) {
  return {
    async single(t, { url }) {
      const client = createClient({ url, socket: { reconnectStrategy: () => 5 } });
      ended(t, client, () => client.destroy());
      await client.connect();
      return client;
    },
    async cluster(t, nodes) {
      const client = createCluster({ rootNodes: nodes.map(({ url }) => ({ url })) });
      ended(t, client, () => client.destroy());
      await client.connect();
      return client;
    },
    raw: (client, ...words) => client.sendCommand(words),
  };
}

/** A client tells by events that its server is away, and ends the process where nobody listens. */
function ended(t, client, end) {
  client.on("error", () => {});
  t.after(end);
  return client;
}

export const CLIENTS = {
  "ioredis 6": ioredis(Ioredis6, Cluster6),
  "ioredis 5": ioredis(Ioredis5, Cluster5),
  "redis 6": nodeRedis(redis6),
  "redis 5": nodeRedis(redis5),
};
