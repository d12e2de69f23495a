// Where the proxy counts: outside of itself, since every host starts a proxy of its own and limits are to hold across
// them, and across restarts.

import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";

const KINDS = ["memory", "lmdb", "redis", "rediss"];
const KNOWN = "memory, lmdb, lmdb:FOLDER, a redis:// URL";

/** A setting that cannot be used. Its message says how to repair it. */
export class CountersError extends Error {}

/**
 * Opens the counters of a setting: `memory`, `lmdb`, `lmdb:FOLDER`, `redis://…`, `rediss://…`, or `env:NAME` for a
 * setting that stands in an environment variable, such as a URL with a password. Undefined for `memory`: then the
 * policy counts itself.
 *
 * @param {string} setting
 * @param {{
 *   policyPath: string, counting: import("../types.d.ts").CountingOptions,
 *   env: Record<string, string | undefined>, report(problem: string): void,
 * }} options
 */
export async function openCounters(setting, { policyPath, counting, env, report }) {
  const options = { ...counting, on_error: (error) => report(`the counters could not be used: ${error.message}`) };
  const [kind, rest] = split(setting);
  if (kind === "memory" && rest === undefined) return undefined;
  if (kind === "env" && rest) return openFromEnvironment(rest, { policyPath, counting, env, report });
  if (counting.window_model === "sliding") {
    throw new CountersError("`--window sliding` is counted in this process only: add `--counters memory`");
  }
  if (kind === "lmdb") return openLmdb(rest || defaultFolder(policyPath, env), options);
  if (kind === "redis" || kind === "rediss") return openRedis(setting, options);
  throw new CountersError(`\`--counters\` does not take \`${setting}\`; it takes ${KNOWN} or env:NAME`);
}

/**
 * The folder of the counters of a policy, by where its file lies: proxies that share the file share the counters,
 * whatever servers they stand before.
 */
export function defaultFolder(policyPath, env, platform = process.platform) {
  const path = resolve(policyPath);
  const mark = createHash("sha256").update(path).digest("hex").slice(0, 12);
  const name = basename(path).replace(/\.json$/, "").replace(/[^\w.-]/g, "_");
  return join(stateFolder(env, platform), "counters", `${name}-${mark}`);
}

function stateFolder(env, platform) {
  if (platform === "win32") return join(env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "Gatewright");
  if (platform === "darwin") return join(homedir(), "Library", "Application Support", "Gatewright");
  return join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "gatewright");
}

function split(setting) {
  const colon = setting.indexOf(":");
  return colon < 0 ? [setting, undefined] : [setting.slice(0, colon), setting.slice(colon + 1)];
}

/** What stands in a variable is not told: it may be a URL with a password. */
async function openFromEnvironment(name, options) {
  const setting = options.env[name];
  if (!setting) throw new CountersError(`\`--counters env:${name}\`: the environment variable \`${name}\` is not set`);
  if (!KINDS.includes(split(setting)[0])) {
    throw new CountersError(`\`--counters env:${name}\`: \`${name}\` holds none of ${KNOWN}`);
  }
  return openCounters(setting, options);
}

async function openLmdb(folder, options) {
  const { lmdbCounters } = await load("../lmdb.js", "install `lmdb` beside gatewright, or use --counters memory");
  try {
    return lmdbCounters(folder, options);
  } catch (error) {
    throw new CountersError(error.message);
  }
}

/** How long a call waits for Redis, in milliseconds. Its client waits a minute, and a busy machine is not a server away. */
const REDIS_TIMEOUT_MS = 2_000;

async function openRedis(url, options) {
  const { redisCounters } = await import("../redis.js");
  const { default: Redis } = await load("ioredis", "install `ioredis` beside gatewright");
  const client = new Redis(url, { maxRetriesPerRequest: 1 });
  // Each call that could not be counted is reported by the store.
  client.on("error", () => {});
  const counters = redisCounters(client, { ...options, timeout_ms: REDIS_TIMEOUT_MS });
  return { ...counters, close: () => client.disconnect() };
}

async function load(module, repair) {
  try {
    return await import(module);
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new CountersError(`the counters cannot be opened: ${repair}`);
  }
}
