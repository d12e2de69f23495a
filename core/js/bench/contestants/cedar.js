// cedar-wasm: a policy per tool, in the order of the rules. The tool is the action, its arguments are the context.

import * as cedar from "@cedar-policy/cedar-wasm/nodejs";

import { copies } from "../clock.js";
import { RULES } from "../policy.js";

const cedarPolicies = Object.fromEntries(
  RULES.map(({ tool, fields, currencies, most, domain }) => [
    tool,
    `permit (principal, action == Action::"${tool}", resource) when {
      ${JSON.stringify(currencies)}.contains(context.${fields.currency}) &&
      context.${fields.amount} <= ${most} &&
      context.${fields.email} like "*${domain}*"
    };`,
  ]),
);

function cedarCall(tool, context) {
  return {
    principal: { type: "Agent", id: "ci" },
    action: { type: "Action", id: tool },
    resource: { type: "Server", id: "payments" },
    context,
    entities: [],
  };
}

function cedarAllows(answer) {
  return answer.type === "success" && answer.response.decision === "allow";
}

export const cedarPrepared = {
  name: "cedar-wasm, policies prepared",
  prepare({ tool, args }) {
    const calls = copies(args);
    const answer = cedar.preparsePolicySet("bench", { staticPolicies: cedarPolicies });
    if (answer.type !== "success") throw new Error(JSON.stringify(answer));
    return (index) => {
      const call = { ...cedarCall(tool, calls[index % calls.length]), preparsedPolicySetId: "bench" };
      return cedarAllows(cedar.statefulIsAuthorized(call));
    };
  },
};

export const cedarEachTime = {
  name: "cedar-wasm, policies each time",
  prepare({ tool, args }) {
    const calls = copies(args);
    return (index) => {
      const call = { ...cedarCall(tool, calls[index % calls.length]), policies: { staticPolicies: cedarPolicies } };
      return cedarAllows(cedar.isAuthorized(call));
    };
  },
};
