// Makes the evaluator fail, and reports on what it does then: a line of JSON for each report. See `failure.test.mjs`,
// which runs this in a process of its own.

import { compile, lint, readEnvelope, simulate } from "gatewright";

const AT = Date.UTC(2026, 0, 5, 10);
const DOCUMENT = JSON.stringify({
  version: "1",
  default: "allow",
  tools: {
    count: { limits: [{ counter: "calls", window: "day", max: 1_000_000, scope: "grant" }] },
    search: { deny_if: [{ conditions: [{ path: "args.text", op: "regex", value: "(a|b)*c$" }] }] },
  },
});
const LINE = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "count" } });

const [method] = process.argv.slice(2);
const { policy } = compile(DOCUMENT);
const { policy: other } = compile(DOCUMENT);
const call = { tool: "search", args: { text: "ab".repeat(50) }, grant: "ci", at: AT };
const reservation = policy.evaluate({ ...call, tool: "count" }).reservation;
const planBefore = policy.plan({ ...call, tool: "count" });

/** Ways to ask for a judgement, each of which answers with a verdict. */
const ask = {
  evaluate: (each) => each.evaluate(call),
  decide: (each) => each.decide(call),
  evaluateLine: (each) => each.evaluateLine(LINE, { grant: "ci", at: AT }).verdict,
  decideLine: (each) => each.decideLine(LINE, { grant: "ci", at: AT }),
  trace: (each) => each.trace(call).verdict,
  traceLine: (each) => each.traceLine(LINE, { grant: "ci", at: AT }).verdict,
  plan: (each) => each.plan(call).apply(AT, []),
  // Each call is another caller's: the evaluator is told so before it judges.
  callers: (each) => each.evaluate({ ...call, grant: `ci-${Math.random()}` }),
};

/** Goes down until there is no stack left, and asks on the way back up, with every depth of stack that there can be. */
function overrun(question) {
  try {
    overrun(question);
  } catch {
    // No stack left: neither to go on, nor perhaps to ask.
  }
  if (!policy.failed) question();
}

function report(what, value) {
  console.log(JSON.stringify({ what, value }));
}

function outcomeOf(question) {
  try {
    return question();
  } catch (error) {
    return { thrown: error.message };
  }
}

for (let attempt = 0; attempt < 50 && !policy.failed; attempt++) {
  try {
    overrun(() => ask[method](policy));
  } catch {
    // The last of them.
  }
}
report("failed", policy.failed && other.failed);

for (const [name, question] of Object.entries(ask)) {
  for (const each of [policy, other])
    report(
      `denied: ${name}`,
      outcomeOf(() => question(each)),
    );
}
report(
  "denied: call of nobody",
  outcomeOf(() => other.evaluate({ tool: "count" })),
);
report(
  "denied: unreadable line",
  outcomeOf(() => other.evaluateLine("{").verdict),
);
report(
  "denied: unlisted tool",
  outcomeOf(() => other.evaluate({ tool: "unlisted", args: null })),
);
report(
  "denied: plan from before",
  outcomeOf(() => planBefore.apply(AT, [{ used: "0" }])),
);
report(
  "denied: uncounted plan",
  outcomeOf(() => planBefore.uncounted(AT)),
);
report(
  "kept out",
  outcomeOf(() => planBefore.keptOut),
);
report(
  "settled",
  outcomeOf(() => policy.settle(reservation, "ok")),
);
for (const question of [
  () => compile(DOCUMENT),
  () => lint(DOCUMENT),
  () => simulate(DOCUMENT, []),
  () => readEnvelope(new TextEncoder().encode(LINE)),
  () => policy.replace(DOCUMENT),
  () => policy.exportState(),
  () => policy.hides("count"),
  () => policy.toolsLine(new TextEncoder().encode(LINE)),
]) {
  report("throws", outcomeOf(question));
}

// What is left behind is collected, and whatever is freed is freed, without an error that nobody could catch.
planBefore.free();
policy.free();
for (let made = 0; made < 100; made++) other.plan(call);
for (let round = 0; round < 3; round++) {
  globalThis.gc();
  await new Promise((resolve) => setImmediate(resolve));
}
report("ended", true);
