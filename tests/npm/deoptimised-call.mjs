// Judges calls until V8 has compiled the method named on the command line, and then makes V8 give that up during a call.
// Run with --allow-natives-syntax.

import { compile } from "gatewright";

import { Engine } from "./node_modules/gatewright/engine/gatewright_bg.js";

const { policy } = compile(`{"version": "1", "default": "deny", "tools": {"run": {"limits": [
  {"counter": "rate", "window": "day", "max": 0, "scope": "grant"}]}}}`);
const call = { tool: "run", args: {}, grant: "ci", at: 0 };
const line = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"run","arguments":{}}}';
const ways = {
  evaluate: () => policy.evaluate(call).decision,
  evaluate_line: () => policy.evaluateLine(line, { grant: "ci", at: 0 }).verdict.decision,
  trace: () => policy.trace(call).verdict.decision,
};

const [, , name] = process.argv;
const method = Engine.prototype[name];
%PrepareFunctionForOptimization(method);
for (let i = 0; i < 2_000; i++) ways[name]();
%OptimizeFunctionOnNextCall(method);
ways[name]();
// The verdict is written key by key while the call is under way.
Object.defineProperty(Object.prototype, "decision", {
  configurable: true,
  set(decision) {
    %DeoptimizeFunction(method);
    Object.defineProperty(this, "decision", { value: decision });
  },
});
console.log(ways[name]());
