// A store of counters outside the evaluator, as naive as can be: every use is kept, and each question is answered by
// its definition. Amounts are whole numbers of billionths.

const LENGTHS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export class OutsideCounters {
  #model;
  #refunds;
  #lastCounted = -Infinity;
  /** By key: the window, and the uses. */
  #counters = new Map();
  #reserved = 0;
  #unsettled = new Set();

  constructor({ window_model = "calendar", refund = "protocol_error" } = {}) {
    this.#model = window_model;
    this.#refunds = { protocol_error: ["protocol_error"], any_error: ["protocol_error", "tool_error"], never: [] }[
      refund
    ];
  }

  /** The same, from here on apart. */
  copy() {
    const copy = new OutsideCounters({ window_model: this.#model });
    copy.#refunds = this.#refunds;
    copy.#lastCounted = this.#lastCounted;
    copy.#reserved = this.#reserved;
    copy.#unsettled = new Set(this.#unsettled);
    for (const [key, { length, uses }] of this.#counters) copy.#counters.set(key, { length, uses: [...uses] });
    return copy;
  }

  /** The verdict on a planned call, which is charged where every counter has room for it: then there is a reservation. */
  evaluate(plan) {
    const at = Math.max(plan.at, this.#lastCounted);
    const readings = plan.charges.map((charge) => this.#read(charge, at));
    const verdict = plan.apply(
      at,
      readings.map(({ used, ...rest }) => ({ used: String(used), ...rest })),
      { window_model: this.#model },
    );
    const fits = plan.charges.every(
      ({ max, cost }, index) => BigInt(max) > 0n && readings[index].used + BigInt(cost) <= BigInt(max),
    );
    return { verdict, reservation: fits && !plan.keptOut ? this.#charge(plan.charges, at) : undefined };
  }

  #charge(charges, at) {
    this.#lastCounted = at;
    this.#reserved += 1;
    this.#unsettled.add(this.#reserved);
    for (const { key, window, cost } of charges) {
      if (!this.#counters.has(key)) this.#counters.set(key, { length: LENGTHS[window], uses: [] });
      this.#counters.get(key).uses.push({ reservation: this.#reserved, at, cost: BigInt(cost) });
    }
    return this.#reserved;
  }

  #read({ key, window, max, cost }, at) {
    const length = LENGTHS[window];
    const kept = this.#counters.get(key)?.uses ?? [];
    const used = (then) =>
      kept.filter((use) => this.#counts(use, length, then)).reduce((sum, use) => sum + use.cost, 0n);
    // What is used changes, if nothing else happens, only when a use leaves.
    const changes = kept.map((use) => this.#leaves(use.at, length)).sort((one, other) => one - other);
    const firstWith = (most, from) =>
      [from, ...changes.filter((change) => change > from)].find((then) => used(then) <= most);
    const room = BigInt(max) - BigInt(cost);
    return {
      used: used(at),
      resets_at: this.#model === "calendar" ? this.#leaves(at, length) : firstWith(0n, at + 1),
      fits_at: room >= 0n ? firstWith(room, at) : at,
    };
  }

  #counts(use, length, then) {
    return use.at <= then && then < this.#leaves(use.at, length);
  }

  #leaves(used, length) {
    return this.#model === "sliding" ? used + length : (Math.floor(used / length) + 1) * length;
  }

  settle(reservation, outcome) {
    if (!this.#unsettled.delete(reservation)) return "unknown";
    if (!this.#refunds.includes(outcome)) return "kept";
    let settled = "nothing_held";
    for (const counter of this.#counters.values()) {
      const rest = counter.uses.filter(
        (use) => use.reservation !== reservation || !this.#counts(use, counter.length, this.#lastCounted),
      );
      if (rest.length < counter.uses.length) settled = "refunded";
      counter.uses = rest;
    }
    return settled;
  }

  /** Forgets the counters whose keys start with none of these. */
  keepOnly(heads) {
    for (const key of this.#counters.keys()) {
      if (!heads.some((head) => key.startsWith(head))) this.#counters.delete(key);
    }
  }
}
