// What the embedding program gives. It must be right: what is not throws a `TypeError`, before the evaluator sees it.
//
// The glue would not: where it expects text and gets something else, the evaluator reads memory that nobody wrote, and
// is given up.

export function mustBe(right, problem) {
  if (!right) throw new TypeError(problem);
}

/** Text that UTF-8 can hold: two names that differ in half a surrogate pair must not become one. */
export function mustBeText(value, what) {
  mustBe(typeof value === "string", `${what} is not text`);
  mustBe(isWellFormed(value), `${what} has half of a surrogate pair`);
}

/** Bytes of this realm or of another one. */
export function mustBeBytes(value, what) {
  mustBe(ArrayBuffer.isView(value) && value.BYTES_PER_ELEMENT === 1, `${what} is no \`Uint8Array\``);
}

export function mustBeTime(at) {
  mustBeWhole(at, "`at`");
}

/** A time, or a span of it. */
export function mustBeWhole(ms, what) {
  mustBe(Number.isSafeInteger(ms), `${what} is not a whole number of milliseconds`);
}

export function isWellFormed(text) {
  return typeof text.isWellFormed === "function" ? text.isWellFormed() : !/\p{Surrogate}/u.test(text);
}
