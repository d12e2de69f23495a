// The time that is told to whoever takes one, and the calls that are judged at it.

/** Noon of a day. Decision number `n` of a contestant is made `n` milliseconds later. */
export const START = 1_767_614_400_000;

/** Equal objects, as a parser makes them: who looks at the same one again and again is told things in advance. */
export function copies(args) {
  const text = JSON.stringify(args);
  return Array.from({ length: 16 }, () => JSON.parse(text));
}
