// Plain JavaScript, three times.
//
// - The floor: what one would write by hand for exactly this policy and one caller. It trusts its input: inherited
//   properties count, and nothing can be told of a call but yes or no.
// - An engine: any document of rules and limits, as closures. It reads own properties alone, keeps counts by caller,
//   and returns a ruling. Once as one would first write it, with counts alone; once with reservations that are settled,
//   which is what the package does.

import { message } from "../calls.js";
import { START, copies } from "../clock.js";
import { LIMITS, RULES, policyDocument } from "../policy.js";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Written by hand as a `switch`, were it not for the fourteen tools. */
function floor() {
  const cases = RULES.map(({ tool, fields, currencies, most, domain }) => {
    const at = (path) => `args.${path.replaceAll(".", "?.")}`;
    const listed = currencies.map((currency) => `currency === "${currency}"`).join(" || ");
    return `case "${tool}": {
      const currency = ${at(fields.currency)}, amount = ${at(fields.amount)}, email = ${at(fields.email)};
      if (!(${listed})) return false;
      if (typeof amount !== "number" || amount > ${most}) return false;
      if (typeof email !== "string" || !email.includes("${domain}")) return false;
      break;
    }`;
  });
  const [{ max: perMinute }, { max: perDay }] = LIMITS;
  return new Function(`
    let minute = 0, inMinute = 0, day = 0, inDay = 0;
    return (tool, args, at) => {
      switch (tool) {
        ${cases.join("\n")}
        default: return false;
      }
      const thisMinute = Math.floor(at / ${MINUTE}), thisDay = Math.floor(at / ${DAY});
      if (thisMinute !== minute) { minute = thisMinute; inMinute = 0; }
      if (thisDay !== day) { day = thisDay; inDay = 0; }
      if (inMinute >= ${perMinute} || inDay >= ${perDay}) return false;
      inMinute += 1;
      inDay += 1;
      return true;
    };`)();
}

export const byHand = {
  name: "by hand, object",
  prepare(call) {
    const [allows, calls] = [floor(), copies(call.args)];
    return (index) => allows(call.tool, calls[index % calls.length], START + index);
  },
};

/** A message in bytes, parsed, and judged by hand. */
export const byHandFromBytes = {
  name: "JSON.parse + by hand",
  prepare(call) {
    const [allows, line, decoder] = [floor(), new TextEncoder().encode(message(call)), new TextDecoder()];
    return (index) => {
      const { method, params } = JSON.parse(decoder.decode(line));
      return method === "tools/call" && allows(params.name, params.arguments, START + index);
    };
  },
};

export const parsedAlone = {
  name: "JSON.parse alone",
  prepare(call) {
    const [line, decoder] = [new TextEncoder().encode(message(call)), new TextDecoder()];
    return () => JSON.parse(decoder.decode(line)).method === "tools/call";
  },
};

const OPERATORS = {
  in: (values) => (found) => values.includes(found),
  lte: (most) => (found) => typeof found === "number" && found <= most,
  contains: (part) => (found) => typeof found === "string" && found.includes(part),
};

function find(args, keys) {
  let value = args;
  for (const key of keys) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** A tool's rules and limits as closures. */
function compiledTool(name, { require, limits }) {
  const checks = require.flatMap(({ conditions }) =>
    conditions.map(({ path, op, value }) => {
      const [keys, holds] = [path.split(".").slice(1), OPERATORS[op](value)];
      return { rule: `/tools/${name}/require/${path}-${op}`, holds: (args) => holds(find(args, keys)) };
    }),
  );
  const counters = limits.map(({ counter, window, max }) => {
    const length = window === "day" ? DAY : MINUTE;
    return { rule: `/tools/${name}/limits/${counter}`, max, length, counts: new Map() };
  });
  return { checks, counters };
}

function engine({ reserving }) {
  const { tools } = JSON.parse(policyDocument());
  const compiled = new Map(Object.entries(tools).map(([name, tool]) => [name, compiledTool(name, tool)]));
  const unsettled = new Map();
  let last = 0;

  function denied(reason, rule, at, retry_at) {
    return { decision: "deny", reason, rule, at, retry_at, reservation: undefined };
  }

  function decide({ tool: name, args, grant, at }) {
    const tool = compiled.get(name);
    if (tool === undefined) return denied("default-deny", "(default deny)", at);
    for (const { rule, holds } of tool.checks) {
      if (!holds(args)) return denied("require", rule, at);
    }
    for (const { rule, max, length, counts } of tool.counters) {
      const start = at - (at % length);
      let count = counts.get(grant);
      if (count === undefined) counts.set(grant, (count = { start, used: 0 }));
      if (count.start !== start) [count.start, count.used] = [start, 0];
      if (count.used >= max) return denied("limit", rule, at, start + length);
    }
    for (const { counts } of tool.counters) counts.get(grant).used += 1;
    let reservation;
    if (reserving) {
      reservation = last += 1;
      unsettled.set(reservation, { tool, grant, at });
    }
    return { decision: "allow", reason: "allowed", rule: undefined, at, retry_at: undefined, reservation };
  }

  function settle(reservation, outcome) {
    const held = unsettled.get(reservation);
    if (held === undefined) return "unknown";
    unsettled.delete(reservation);
    if (outcome !== "protocol_error") return "kept";
    for (const { length, counts } of held.tool.counters) {
      const count = counts.get(held.grant);
      if (count.start === held.at - (held.at % length)) count.used -= 1;
    }
    return "refunded";
  }

  return { decide, settle };
}

export const counting = {
  name: "engine in JavaScript, counting",
  prepare(call) {
    const [{ decide }, calls] = [engine({ reserving: false }), copies(call.args)];
    return (index) => {
      const args = calls[index % calls.length];
      return decide({ tool: call.tool, args, grant: "ci", session: "s-1", at: START + index }).decision === "allow";
    };
  },
};

export const reserving = {
  name: "engine in JavaScript, reserving",
  prepare(call) {
    const [{ decide, settle }, calls] = [engine({ reserving: true }), copies(call.args)];
    return (index) => {
      const args = calls[index % calls.length];
      const ruling = decide({ tool: call.tool, args, grant: "ci", session: "s-1", at: START + index });
      if (ruling.decision !== "allow") return false;
      settle(ruling.reservation, "ok");
      return true;
    };
  },
};
