import type { CounterStore, CountingOptions, Outcome, Plan, Reservation, Settled, Verdict } from "./types.js";

export interface LmdbCountersOptions extends CountingOptions {
  /** Is told why the counters could not be used, each time. */
  on_error?: (error: unknown) => void;
}

/** Answers at once. */
export interface LmdbCounterStore extends CounterStore {
  evaluate(plan: Plan): Verdict;
  settle(reservation: Reservation, outcome: Outcome): Settled;
  close(): Promise<void>;
}

/**
 * Counters in a folder of this machine, shared by every process that opens it. The folder is made where it is missing,
 * for this user alone. Throws where it cannot be used, as where a newer version has written it.
 */
export function lmdbCounters(path: string, options?: LmdbCountersOptions): LmdbCounterStore;
