// Other engines. None of them counts. Where one has no notion of several tools, the caller finds the tool's rule in a
// `Map`. What cannot be judged is not allowed.

import * as zen from "@gorules/zen-engine-wasm";
import { parse as parseCel } from "@marcbachmann/cel-js";
import { newEnforcer, newModelFromString } from "casbin";
import { LogicEngine } from "json-logic-engine";
import jsonLogic from "json-logic-js";
import { Engine as RulesEngine, Operator } from "json-rules-engine";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { copies } from "../clock.js";
import { RULES } from "../policy.js";

/** A contestant that decides from the arguments by a rule that the caller finds by the tool's name. */
function byTool(name, made, decided) {
  return {
    name,
    async prepare({ tool, args }) {
      const rules = new Map();
      for (const rule of RULES) rules.set(rule.tool, await made(rule));
      const calls = copies(args);
      return (index) => {
        const rule = rules.get(tool);
        return rule !== undefined && decided(rule, calls[index % calls.length]);
      };
    },
  };
}

function orDenied(decide) {
  try {
    return decide();
  } catch {
    return false;
  }
}

/** `customer.contact.email` → `customer` and `$.contact.email`. */
function factAndPath(path) {
  const [fact, ...rest] = path.split(".");
  return rest.length === 0 ? { fact } : { fact, path: `$.${rest.join(".")}` };
}

export const casbin = {
  name: "casbin, enforceSync",
  async prepare({ tool, args }) {
    const model = newModelFromString(`
      [request_definition]
      r = tool, args
      [policy_definition]
      p = tool, rule
      [policy_effect]
      e = some(where (p.eft == allow))
      [matchers]
      m = r.tool == p.tool && eval(p.rule)`);
    const enforcer = await newEnforcer(model);
    await enforcer.addFunction("oneOf", (found, ...values) => values.includes(found));
    await enforcer.addFunction("atMost", (found, most) => typeof found === "number" && found <= most);
    await enforcer.addFunction("has", (found, part) => typeof found === "string" && found.includes(part));
    for (const { tool: name, fields, currencies, most, domain } of RULES) {
      const listed = currencies.map((currency) => `"${currency}"`).join(", ");
      const rule =
        `oneOf(r.args.${fields.currency}, ${listed}) && atMost(r.args.${fields.amount}, ${most}) && ` +
        `has(r.args.${fields.email}, "${domain}")`;
      await enforcer.addPolicy(name, rule);
    }
    const calls = copies(args);
    return (index) => orDenied(() => enforcer.enforceSync(tool, calls[index % calls.length]));
  },
};

export const jsonRulesEngine = {
  ...byTool(
    "json-rules-engine",
    ({ fields, currencies, most, domain }) => {
      const engine = new RulesEngine([], { allowUndefinedFacts: true });
      engine.addOperator(new Operator("atMost", (found, value) => typeof found === "number" && found <= value));
      engine.addOperator(new Operator("has", (found, value) => typeof found === "string" && found.includes(value)));
      const all = [
        { ...factAndPath(fields.currency), operator: "in", value: currencies },
        { ...factAndPath(fields.amount), operator: "atMost", value: most },
        { ...factAndPath(fields.email), operator: "has", value: domain },
      ];
      engine.addRule({ conditions: { all }, event: { type: "allow" } });
      return engine;
    },
    (engine, args) => engine.run(args).then(({ events }) => events.length > 0),
  ),
  asynchronous: true,
};

function inJsonLogic({ fields, currencies, most, domain }) {
  const at = (path) => ({ var: path });
  return {
    and: [
      { in: [at(fields.currency), currencies] },
      { isNumber: [at(fields.amount)] },
      { "<=": [at(fields.amount), most] },
      { in: [domain, at(fields.email)] },
    ],
  };
}

function isNumber(value) {
  return typeof value === "number";
}

jsonLogic.add_operation("isNumber", isNumber);

export const jsonLogicJs = byTool("json-logic-js", inJsonLogic, (rule, args) => jsonLogic.apply(rule, args));

const logicEngine = new LogicEngine();
logicEngine.addMethod("isNumber", ([value]) => isNumber(value), { sync: true, deterministic: true });

export const jsonLogicEngine = byTool(
  "json-logic-engine, generated code",
  (rule) => logicEngine.build(inJsonLogic(rule)),
  (rule, args) => orDenied(() => rule(args)),
);

export const celJs = byTool(
  "cel-js",
  ({ fields, currencies, most, domain }) => {
    const listed = JSON.stringify(currencies);
    return parseCel(
      `args.${fields.currency} in ${listed} && args.${fields.amount} <= ${most}.0 && ` +
        `args.${fields.email}.contains("${domain}")`,
    );
  },
  (rule, args) => orDenied(() => rule({ args }) === true),
);

const zenModule = new URL("dist/zen_engine_wasm_bg.wasm", import.meta.resolve("@gorules/zen-engine-wasm"));
await zen.default({ module_or_path: readFileSync(fileURLToPath(zenModule)) });

export const zenWasm = byTool(
  "zen-engine-wasm, expression",
  ({ fields, currencies, most, domain }) =>
    `${fields.currency} in ${JSON.stringify(currencies)} and type(${fields.amount}) == "number" and ` +
    `${fields.amount} <= ${most} and contains(${fields.email}, "${domain}")`,
  (rule, args) => orDenied(() => zen.evaluateExpression(rule, args) === true),
);
