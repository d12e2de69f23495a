// Asks the evaluator for one of each: what every runtime must answer alike. Needs nothing but the package.

import { compile, explain, lint, simulate } from "gatewright";

const DOCUMENT = JSON.stringify({
  version: "1",
  default: "deny",
  tools: {
    create_charge: {
      deny_if: [{ conditions: [{ path: "args.amount", op: "gt", value: 50000 }], on_deny: "Too much." }],
      limits: [{ counter: "charges", window: "minute", max: 2, scope: "grant" }],
    },
  },
});
const AT = 1_767_607_200_000;

/** Answers as JSON has them. */
export function oneOfEach() {
  const { policy } = compile(DOCUMENT);
  const charge = (amount) => ({ tool: "create_charge", args: { amount, note: "für \u{1f600}" }, grant: "ci", at: AT });
  const line = JSON.stringify({
    jsonrpc: "2.0",
    id: 7,
    method: "tools/call",
    params: { name: "create_charge", arguments: { amount: 5 } },
  });
  const plan = policy.plan(charge(1));
  const answers = {
    call: policy.evaluate(charge(1)),
    refused: policy.evaluate(charge(50001)),
    line: policy.evaluateLine(new TextEncoder().encode(line), { grant: "ci", at: AT }),
    ruling: policy.decide(charge(2)),
    traced: policy.trace(charge(2)).steps.length,
    planned: plan.apply(AT, [{ used: "0" }]).decision,
    broken: compile("{").errors.map(({ code }) => code),
    lints: lint(DOCUMENT).map(({ code }) => code),
    words: explain(DOCUMENT).markdown,
    simulated: simulate(DOCUMENT, [{ at: AT, tool: "drop" }]).words,
    state: policy.exportState(),
  };
  plan.free();
  policy.free();
  return JSON.parse(JSON.stringify(answers));
}
