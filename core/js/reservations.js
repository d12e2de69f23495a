// Reservations of counters outside: what an allowed call was charged, until its outcome is told.
//
// A reservation is an empty object that only the store that gave it knows. Whoever copies it, or settles it in another
// process, has an unknown one. One that nobody settles is forgotten with its verdict, and its call stays counted.
//
// This module gives nothing back itself: the stores do.

/** Which outcomes give a reservation back. */
const REFUNDED = {
  protocol_error: ["protocol_error"],
  any_error: ["protocol_error", "tool_error"],
  never: [],
};

/**
 * The reservations of one store. Throws a `TypeError` where `options` ask for what stores outside do not do.
 *
 * @template Charged
 * @param {string} store the name of the function whose options these are
 * @param {import("./types.d.ts").CountingOptions} options
 */
export function reservations(store, { refund = "protocol_error", window_model = "calendar" }) {
  if (!Object.hasOwn(REFUNDED, refund)) {
    throw new TypeError(`${store}: refund is \`${refund}\`; give one of ${Object.keys(REFUNDED).join(", ")}`);
  }
  if (window_model !== "calendar") {
    throw new TypeError(`${store}: window_model is \`${window_model}\`; this store counts calendar windows only`);
  }
  /** @type {WeakMap<object, Charged>} */
  const held = new WeakMap();
  return {
    /** @param {Charged} charged */
    hold(charged) {
      const reservation = Object.freeze({});
      held.set(reservation, charged);
      return reservation;
    },

    /**
     * Ends a reservation: it is unknown from now on. `charged` is there where it is to be given back.
     *
     * @param {unknown} reservation
     * @param {import("./types.d.ts").Outcome} outcome
     * @returns {{ settled: "kept" | "unknown", charged?: undefined } | { charged: Charged }}
     */
    end(reservation, outcome) {
      const charged = held.get(/** @type {object} */ (reservation));
      if (!charged) return { settled: "unknown" };
      held.delete(/** @type {object} */ (reservation));
      return REFUNDED[refund].includes(outcome) ? { charged } : { settled: "kept" };
    },
  };
}
