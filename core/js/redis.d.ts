import type { CounterStore, CountingOptions } from "./types.js";

/** What is used of a client of `ioredis` 5 or 6, of a `Cluster` too. */
export interface IoredisClient {
  evalsha(sha1: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(script: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** What is used of a client of `redis` 5 or 6, of a cluster or a pool too. */
export interface NodeRedisClient {
  evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

export type RedisClient = IoredisClient | NodeRedisClient;

export interface RedisCountersOptions extends CountingOptions {
  /** What every key begins with, as its hash tag. Without braces. `gatewright` unless told. */
  prefix?: string;
  /** What becomes of calls that a limit counts while the server is away: denied (`closed`), unless told. */
  on_unavailable?: "closed" | "open";
  /** How long an answer is waited for, in milliseconds, from 1 to 60000. 250 unless told. */
  timeout_ms?: number;
  /** Whose time counts: the server's, unless told. `call` is for replays and tests: `at` of each call. */
  clock?: "server" | "call";
  /** Is told why the server could not be used, each time. */
  on_error?: (error: unknown) => void;
}

/**
 * Counters in Redis or Valkey, shared by every process that uses the same server and prefix. Throws a `TypeError` for a
 * client or an option that it cannot use. `close` leaves the client open: it is yours.
 */
export function redisCounters(client: RedisClient, options?: RedisCountersOptions): CounterStore;
