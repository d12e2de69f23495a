// Those that count alone. They read a clock of their own, and have room for every call that is timed.

import { RateLimiter } from "limiter";
import { RateLimiterMemory } from "rate-limiter-flexible";

/** Two windows, one after the other: the first has counted a call that the second refuses. */
export const flexible = {
  name: "rate-limiter-flexible, two windows",
  asynchronous: true,
  prepare(max) {
    const windows = [60, 86_400].map((duration, index) => {
      return new RateLimiterMemory({ points: max, duration, keyPrefix: `w${index}` });
    });
    return async () => {
      try {
        for (const window of windows) await window.consume("ci");
        return true;
      } catch {
        return false;
      }
    };
  },
};

/** One bucket, for one caller. */
export const limiter = {
  name: "limiter, one bucket",
  prepare(max) {
    const bucket = new RateLimiter({ tokensPerInterval: max, interval: "day" });
    return () => bucket.tryRemoveTokens(1);
  },
};
