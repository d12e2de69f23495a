// The package: each call is decided, counted by two limits, and settled at once, so that no reservations pile up.

import { compile } from "../../index.js";
import { message } from "../calls.js";
import { START, copies } from "../clock.js";
import { policyDocument } from "../policy.js";

function compiled() {
  const { ok, policy, errors } = compile(policyDocument());
  if (!ok) throw new Error(JSON.stringify(errors));
  return policy;
}

export const decide = {
  name: "gatewright, object",
  prepare(call) {
    const [policy, calls] = [compiled(), copies(call.args)];
    return (index) => {
      const args = calls[index % calls.length];
      const ruling = policy.decide({ tool: call.tool, args, grant: "ci", session: "s-1", at: START + index });
      if (ruling.decision !== "allow") return false;
      policy.settle(ruling.reservation, "ok");
      return true;
    };
  },
};

/** As long as no outcome is told: reservations pile up to their bound, and the oldest make room. */
export const unsettled = {
  name: "gatewright, object, never settled",
  prepare(call) {
    const [policy, calls] = [compiled(), copies(call.args)];
    return (index) => {
      const args = calls[index % calls.length];
      const at = START + index;
      return policy.decide({ tool: call.tool, args, grant: "ci", session: "s-1", at }).decision === "allow";
    };
  },
};

export const evaluate = {
  name: "gatewright, object, in words",
  prepare(call) {
    const [policy, calls] = [compiled(), copies(call.args)];
    return (index) => {
      const args = calls[index % calls.length];
      const verdict = policy.evaluate({ tool: call.tool, args, grant: "ci", session: "s-1", at: START + index });
      if (verdict.decision !== "allow") return false;
      policy.settle(verdict.reservation, "ok");
      return true;
    };
  },
};

export const decideLine = {
  name: "gatewright, line",
  prepare(call) {
    const [policy, line] = [compiled(), new TextEncoder().encode(message(call))];
    return (index) => {
      const ruling = policy.decideLine(line, { grant: "ci", session: "s-1", at: START + index });
      if (ruling?.decision !== "allow") return false;
      policy.settle(ruling.reservation, "ok");
      return true;
    };
  },
};

/** The two limits alone: a tool without conditions. */
export const limits = {
  name: "gatewright, two windows",
  prepare(max) {
    const windows = ["minute", "day"].map((window) => ({ counter: window, window, max, scope: "grant" }));
    const { policy } = compile(JSON.stringify({ version: "1", default: "deny", tools: { ping: { limits: windows } } }));
    return (index) => {
      const ruling = policy.decide({ tool: "ping", args: {}, grant: "ci", session: "s-1", at: START + index });
      if (ruling.decision !== "allow") return false;
      policy.settle(ruling.reservation, "ok");
      return true;
    };
  },
};
