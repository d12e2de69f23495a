// Everyone decides alike, or nothing is timed.

import { CASES, message } from "./calls.js";

/** How many cases there are, of which every contestant says what is expected, twice. */
export async function agreedOnCalls(contestants) {
  const told = [];
  for (const contestant of contestants) {
    for (const [call, allowed, why] of CASES) {
      const decide = await contestant.prepare(call);
      const decided = [await decide(0), await decide(1)];
      if (decided.some((each) => each !== allowed)) {
        told.push(`${contestant.name} says ${decided}: ${why}: ${message(call).slice(0, 300)}`);
      }
    }
  }
  if (told.length > 0) throw new Error(`not everyone decides alike\n${told.join("\n")}`);
  return CASES.length;
}

/** Three fit, the fourth does not. */
export async function agreedOnLimits(counters) {
  for (const counter of counters) {
    const count = await counter.prepare(3);
    const counted = [];
    for (let index = 0; index < 4; index++) counted.push(await count(index));
    if (counted.join() !== "true,true,true,false") throw new Error(`${counter.name} counts ${counted} up to three`);
  }
}
