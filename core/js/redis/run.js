// Runs a script through whichever client was given, and waits for its answer no longer than told.
//
// Clients are told apart by their methods alone, so neither package is imported here. Whether a cluster is behind a
// client makes no difference: all keys of a script lie in one slot.

/** @typedef {(script: import("./scripts.js").Script, keys: string[], args: string[]) => Promise<unknown>} Run */

/**
 * @param {any} client
 * @returns {Run}
 */
export function runner(client) {
  if (typeof client?.evalsha === "function" && typeof client.eval === "function") {
    return recovering(
      (script, keys, args) => client.evalsha(script.sha1, keys.length, ...keys, ...args),
      (script, keys, args) => client.eval(script.text, keys.length, ...keys, ...args),
    );
  }
  if (typeof client?.evalSha === "function" && typeof client.eval === "function") {
    return recovering(
      (script, keys, args) => client.evalSha(script.sha1, { keys, arguments: args }),
      (script, keys, args) => client.eval(script.text, { keys, arguments: args }),
    );
  }
  throw new TypeError("redisCounters: the client has neither `evalsha` nor `evalSha`; give one of ioredis or of redis");
}

/**
 * A server that was started, flushed or promoted since does not know the script: then it is sent.
 *
 * @param {Run} known
 * @param {Run} sent
 * @returns {Run}
 */
function recovering(known, sent) {
  return async (script, keys, args) => {
    try {
      return await known(script, keys, args);
    } catch (error) {
      if (!String(error?.message).startsWith("NOSCRIPT")) throw error;
      return sent(script, keys, args);
    }
  };
}

/**
 * What `answer` comes to, or an error once `ms` have gone by.
 *
 * @template T
 * @param {Promise<T>} answer
 * @param {number} ms
 * @returns {Promise<T>}
 */
export function within(answer, ms) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the counters gave no answer within ${ms} ms`)), ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
