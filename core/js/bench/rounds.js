// Interleaved rounds: a ratio is the median of the rounds' ratios, because absolute times mean little elsewhere.
//
// In each round every contestant has a turn of some milliseconds. The order turns round from round to round, and the
// garbage of one turn is swept before the next. What is timed is the process's time on a processor: other programs of
// the machine then disturb less.

const ROUNDS = 31;
const TURN_MS = 4;
const WARM_UP_MS = 400;

let number = 0;

/**
 * A loop of its own for each contestant. One loop for all would call whatever it is given through one call site, which
 * the engine then cannot inline: the quickest would pay the most for it.
 */
function loop({ decide, asynchronous }) {
  const wait = asynchronous ? "await " : "";
  number += 1;
  const source = `// ${number}
    return ${asynchronous ? "async " : ""}(first, times) => {
      for (let index = first; index < first + times; index++) {
        if (!${wait}decide(index)) throw new Error("a call was not allowed");
      }
    };`;
  return new Function("decide", source)(decide);
}

async function timed(turn, first, times) {
  globalThis.gc?.({ type: "minor" });
  const start = spentUntilNow();
  const running = turn(first, times);
  if (running !== undefined) await running;
  return spentUntilNow() - start;
}

/** In nanoseconds. */
function spentUntilNow() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** How often a contestant decides in a turn, found while it warms up. */
async function warmedUp(turn) {
  let [times, done, spent] = [1, 0, 0];
  let last = 0;
  while (spent < WARM_UP_MS * 1e6) {
    last = await timed(turn, done, times);
    done += times;
    spent += last;
    if (last < TURN_MS * 1e6) times *= 2;
  }
  return { times: Math.max(1, Math.round((times * TURN_MS * 1e6) / Math.max(last, 1))), done };
}

/**
 * Times contestants, each `{ name, decide(index) → boolean, asynchronous }`. Returns a table of their names with the
 * nanoseconds of a decision, and `ratio(name, to)`.
 */
export async function measured(contestants) {
  const runners = [];
  for (const contestant of contestants) {
    const turn = loop(contestant);
    runners.push({ name: contestant.name, turn, spent: [], ...(await warmedUp(turn)) });
  }
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? runners : runners.toReversed();
    for (const runner of order) {
      runner.spent.push((await timed(runner.turn, runner.done, runner.times)) / runner.times);
      runner.done += runner.times;
    }
  }
  const of = (name) => runners.find((runner) => runner.name === name).spent;
  return {
    names: runners.map(({ name }) => name),
    nanos: (name) => median(of(name)),
    ratio: (name, to) => median(of(name).map((spent, round) => spent / of(to)[round])),
  };
}

export function median(values) {
  return values.toSorted((one, other) => one - other)[values.length >> 1];
}
