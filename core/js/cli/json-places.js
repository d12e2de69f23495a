// JSON text → a tree that knows where everything stands, with equal keys seen and the text of every value at hand.
//
// For files whose every field must be understood, or told of with its place. Strict JSON: no comments.

import { BadUse } from "./options.js";

/** Lists and objects may be nested so deep. */
const DEPTH = 100;

/**
 * A value and where it stands: `[start, end)` in UTF-16 code units.
 *
 * @typedef {object} Node
 * @property {"text" | "number" | "boolean" | "null" | "list" | "object"} type
 * @property {unknown} [value] Of a text, a number, a boolean and null.
 * @property {Node[]} [items] Of a list.
 * @property {{ key: string, start: number, node: Node }[]} [members] Of an object, in its order.
 * @property {number} start
 * @property {number} end
 */

/** The place of an offset in a text, as `line:column`, both from 1; columns are characters. */
export function placeOf(text, offset) {
  const before = text.slice(0, offset).replace(/^\ufeff/, "");
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: Array.from(before.slice(lineStart)).length + 1 };
}

/**
 * Reads a text. Throws a {@link BadUse} with name, line and column of the first thing that is no JSON.
 *
 * @returns {Node}
 */
export function readPlaces(text, name) {
  let at = text.startsWith("\ufeff") ? 1 : 0;

  const fail = (message, offset = at) => {
    const { line, column } = placeOf(text, offset);
    throw new BadUse(`${name}:${line}:${column}: ${message}`);
  };
  const take = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found?.[0];
  };
  const skip = () => take(/[ \t\r\n]*/y);
  const expected = (what) => fail(at < text.length ? `expected ${what}` : `the text ends where ${what} should be`);

  const string = () => {
    const start = at;
    const written = take(/"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y);
    if (written === undefined) fail("a text is not ended, or has a character that must be escaped", start);
    return JSON.parse(written);
  };

  const value = (depth) => {
    if (depth > DEPTH) fail(`nested deeper than ${DEPTH}`);
    const start = at;
    if (text[at] === '"') return { type: "text", value: string(), start, end: at };
    if (text[at] === "{") return { type: "object", members: members(depth), start, end: at };
    if (text[at] === "[") return { type: "list", items: items(depth), start, end: at };
    const written = take(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y) ?? expected("a value");
    const parsed = JSON.parse(written);
    return { type: parsed === null ? "null" : typeof parsed, value: parsed, start, end: at };
  };

  const separated = (close, one) => {
    at += 1;
    skip();
    for (let first = true; text[at] !== close; first = false) {
      if (!first) {
        if (take(/,/y) === undefined) expected(`\`,\` or \`${close}\``);
        skip();
      }
      one();
      skip();
    }
    at += 1;
  };

  const items = (depth) => {
    const list = [];
    separated("]", () => list.push(value(depth + 1)));
    return list;
  };

  const members = (depth) => {
    const list = [];
    const keys = new Set();
    separated("}", () => {
      const start = at;
      if (text[at] !== '"') expected("a key");
      const key = string();
      if (keys.has(key)) fail(`the key \`${key}\` is there twice`, start);
      keys.add(key);
      skip();
      if (take(/:/y) === undefined) expected("`:`");
      skip();
      list.push({ key, start, node: value(depth + 1) });
    });
    return list;
  };

  skip();
  const root = value(0);
  skip();
  if (at < text.length) fail("there is something after the end");
  return root;
}
