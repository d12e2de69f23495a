// Arguments of a call → the evaluator's memory.
//
// Of an arguments object only the paths that the tool's rules name are read, and only own properties of plain objects:
// what `JSON.stringify` would send must be what is judged. Scalars go as numbers and bytes into slots. Where a rule
// looks into a list or an object, what is named is written as JSON text instead, which the evaluator reads like a line.

import { memory } from "./engine.js";

/** As in the evaluator's `area.rs`. */
const kinds = { missing: 0, null: 1, false: 2, true: 3, number: 4, text: 5, list: 6, object: 7 };

/** For short texts a loop over their characters beats the encoder. */
const SHORT_TEXT = 64;

/** Deeper than any message may be nested. */
const MAX_DEPTH = 128;

/** A message has no more bytes than this, so no text of it has more characters. */
const LONGEST = 16 << 20;

const encoder = new TextEncoder();

/** Why a value cannot be handed over: a code of `malformed`. */
export class Unreadable extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** The views of an engine's area. They are made again where memory has grown or the area has moved. */
export class Area {
  #engine;
  #doubles;
  #words;
  #bytes;
  #numbers;

  constructor(engine) {
    this.#engine = engine;
    this.moved();
  }

  /** To be called after whatever may have moved the area. */
  moved() {
    const { buffer } = memory;
    const block = this.#engine.block();
    this.#doubles = new Float64Array(buffer, block);
    this.#words = new Uint32Array(buffer, block);
    this.#bytes = new Uint8Array(buffer, this.#engine.bytes(), this.#engine.room());
    this.#numbers = new Float64Array(buffer, this.#engine.numbers(), 3);
  }

  /** When it was judged, when to come back (or not a number), the reservation (or 0). */
  get numbers() {
    if (this.#numbers.length === 0) this.moved();
    return this.#numbers;
  }

  /** Writes the arguments that a tool is judged by. False where a rule looks into a list or an object that is there. */
  write(args, paths) {
    if (this.#bytes.length === 0) this.moved();
    let used = 0;
    for (let slot = 0; slot < paths.length; slot++) {
      const { keys, inside } = paths[slot];
      const value = find(args, keys);
      let kind = kinds.missing;
      let length = 0;
      switch (typeof value) {
        case "undefined":
          break;
        case "string":
          kind = kinds.text;
          length = this.#text(value, used);
          used += length;
          break;
        case "number":
          if (!Number.isFinite(value)) throw new Unreadable("not-json");
          kind = kinds.number;
          this.#doubles[slot * 2] = value;
          break;
        case "boolean":
          kind = value ? kinds.true : kinds.false;
          break;
        case "object":
          if (value === null) {
            kind = kinds.null;
            break;
          }
          if (inside) return false;
          if (Array.isArray(value)) {
            kind = kinds.list;
            break;
          }
          mustBePlain(value);
          kind = kinds.object;
          break;
        default:
          throw new Unreadable("not-json");
      }
      this.#words[slot * 4 + 2] = kind;
      this.#words[slot * 4 + 3] = length;
    }
    return true;
  }

  /** Writes a line, and returns its length in bytes. */
  line(line) {
    if (line.length > LONGEST) throw new Unreadable("too-long");
    if (typeof line === "string") {
      mustBeWellFormed(line);
      this.#reserve(line.length * 3);
      return encoder.encodeInto(line, this.#bytes).written;
    }
    this.#reserve(line.length);
    this.#bytes.set(line);
    return line.length;
  }

  #text(text, used) {
    const { length } = text;
    if (length <= SHORT_TEXT && used + length <= this.#bytes.length) {
      const bytes = this.#bytes;
      let at = 0;
      for (; at < length; at++) {
        const code = text.charCodeAt(at);
        if (code > 0x7f) break;
        bytes[used + at] = code;
      }
      if (at === length) return length;
    }
    if (length > LONGEST) throw new Unreadable("too-long");
    mustBeWellFormed(text);
    if (used + length * 3 > this.#bytes.length) this.#grow(used, length * 3);
    return encoder.encodeInto(text, this.#bytes.subarray(used)).written;
  }

  #reserve(bytes) {
    if (this.#bytes.length === 0) this.moved();
    if (bytes <= this.#bytes.length) return;
    this.#engine.reserve(bytes);
    this.moved();
  }

  /** Makes room for more texts, and keeps those that are there. */
  #grow(used, more) {
    const kept = this.#bytes.slice(0, used);
    this.#reserve(used + more);
    this.#bytes.set(kept);
  }
}

/** What the keys lead to, through own properties of plain objects. */
function find(args, keys) {
  let value = args;
  for (let depth = 0; depth < keys.length; depth++) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    if (depth > 0) mustBePlain(value);
    const key = keys[depth];
    if (!Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** An instance of a class may be sent as something else than its properties. */
export function mustBePlain(object) {
  const prototype = Object.getPrototypeOf(object);
  // The second is the `Object.prototype` of this realm or of another one.
  const plain = prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
  if (!plain || typeof object.toJSON === "function") throw new Unreadable("not-json");
}

function mustBeWellFormed(text) {
  const whole = typeof text.isWellFormed === "function" ? text.isWellFormed() : !/\p{Surrogate}/u.test(text);
  if (!whole) throw new Unreadable("lone-surrogate");
}

/** The paths as a tree, each node with its children by key, and whether all that it leads to is looked at. */
export function treeOf(paths) {
  const root = { inside: false, children: new Map() };
  for (const { keys, inside } of paths) {
    let node = root;
    for (const key of keys) {
      if (!node.children.has(key)) node.children.set(key, { inside: false, children: new Map() });
      node = node.children.get(key);
    }
    node.inside ||= inside;
  }
  return root;
}

/** What a tree names of a value, as JSON text. */
export function written(value, node) {
  if (node.inside) return json(value, 0);
  if (typeof value !== "object" || value === null) return scalar(value);
  if (Array.isArray(value)) return "[]";
  mustBePlain(value);
  const members = [];
  for (const [key, child] of node.children) {
    if (!Object.hasOwn(value, key)) continue;
    const member = value[key];
    if (member !== undefined) members.push(`${text(key)}:${written(member, child)}`);
  }
  return `{${members.join(",")}}`;
}

/** The whole of a value as JSON text. */
function json(value, depth) {
  if (depth > MAX_DEPTH) throw new Unreadable("too-deep");
  if (typeof value !== "object" || value === null) return scalar(value);
  if (Array.isArray(value)) return `[${Array.from(value, (item) => json(item ?? null, depth + 1)).join(",")}]`;
  mustBePlain(value);
  const members = Object.keys(value).filter((key) => value[key] !== undefined);
  return `{${members.map((key) => `${text(key)}:${json(value[key], depth + 1)}`).join(",")}}`;
}

function scalar(value) {
  switch (typeof value) {
    case "string":
      return text(value);
    case "boolean":
      return String(value);
    case "number":
      if (Number.isFinite(value)) return JSON.stringify(value);
      break;
    case "object":
      return "null";
  }
  throw new Unreadable("not-json");
}

function text(value) {
  mustBeWellFormed(value);
  return JSON.stringify(value);
}
