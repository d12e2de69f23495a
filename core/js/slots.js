// Arguments of a call → the evaluator's memory.
//
// Of an arguments object only the paths that the tool's rules name are read, and only own enumerable properties of
// plain objects: what `JSON.stringify` would send must be what is judged. Scalars go as numbers and bytes into slots. Where a rule
// looks into a list or an object, what is named is written as JSON text instead, which the evaluator reads like a line.

import { memory } from "./engine.js";
import { isWellFormed } from "./given.js";

/** As in the evaluator's `area.rs`. */
const kinds = { missing: 0, null: 1, false: 2, true: 3, number: 4, text: 5, list: 6, object: 7 };

/** For short texts a loop over their characters beats the encoder. */
const SHORT_TEXT = 64;

/** Deeper than any message may be nested. */
const MAX_DEPTH = 128;

/** A message has no more bytes than this, so no text of it has more characters. */
const LONGEST = 16 << 20;

const encoder = new TextEncoder();

const { propertyIsEnumerable } = Object.prototype;

/** Why a value cannot be handed over: a code of `malformed`. */
export class Unreadable extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** What a getter or a proxy throws says that there is nothing to judge, not that the evaluator has failed. */
function unreadable(error) {
  return error instanceof Unreadable ? error : new Unreadable("not-json");
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
      const path = paths[slot];
      const value = read(args, path);
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
          if (path.inside) return false;
          kind = Array.isArray(value) ? kinds.list : kinds.object;
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
    mustNotBeLong(line);
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
    if (used + length > LONGEST) throw new Unreadable("too-long");
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

/** What a path leads to, through own properties of plain objects. */
function read(args, { keys }) {
  try {
    let value = args;
    for (let depth = 0; depth < keys.length; depth++) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return nowhere(value);
      const key = keys[depth];
      if (!propertyIsEnumerable.call(value, key)) return undefined;
      value = value[key];
      if (typeof value === "object" && value !== null) mustBePlain(value);
    }
    return value;
  } catch (error) {
    throw unreadable(error);
  }
}

/** The end of a path that goes on where there is nothing to go into, if that is a value at all. */
function nowhere(value) {
  if (value !== undefined && !Array.isArray(value)) scalar(value);
  return undefined;
}

/** An instance of a class, or what says how it is sent, may be sent as something else than its properties. */
function mustBePlain(object) {
  if (typeof object.toJSON === "function" || !(Array.isArray(object) || hasNoClass(object))) {
    throw new Unreadable("not-json");
  }
}

function hasNoClass(object) {
  const prototype = Object.getPrototypeOf(object);
  // The last is the `Object.prototype` of another realm.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** Undefined, or a plain object. */
export function mustBeArguments(args) {
  if (args === undefined) return;
  try {
    const isObject = typeof args === "object" && args !== null && !Array.isArray(args);
    if (!isObject) throw new Unreadable("arguments-not-an-object");
    mustBePlain(args);
  } catch (error) {
    throw unreadable(error);
  }
}

export function mustBeWellFormed(text) {
  if (!isWellFormed(text)) throw new Unreadable("lone-surrogate");
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

/** What a tree of paths names of an arguments object, as JSON text. */
export function written(args, tree) {
  let text;
  try {
    text = named(args, tree);
  } catch (error) {
    throw unreadable(error);
  }
  mustNotBeLong(text);
  return text;
}

/** Whether no message is so long. What is copied into the evaluator's memory makes it larger for good. */
export function isTooLong(text) {
  return text.length > LONGEST;
}

export function mustNotBeLong(text) {
  if (isTooLong(text)) throw new Unreadable("too-long");
}

function named(value, node) {
  if (node.inside) return json(value, 0);
  if (typeof value !== "object" || value === null) return scalar(value);
  mustBePlain(value);
  if (Array.isArray(value)) return "[]";
  const members = [];
  for (const [key, child] of node.children) {
    const member = propertyIsEnumerable.call(value, key) ? value[key] : undefined;
    if (member !== undefined) members.push(`${text(key)}:${named(member, child)}`);
  }
  return `{${members.join(",")}}`;
}

/** The whole of a value as JSON text. */
function json(value, depth) {
  if (depth > MAX_DEPTH) throw new Unreadable("too-deep");
  if (typeof value !== "object" || value === null) return scalar(value);
  mustBePlain(value);
  if (Array.isArray(value)) return list(value, depth);
  const members = [];
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member !== undefined) members.push(`${text(key)}:${json(member, depth + 1)}`);
  }
  return `{${members.join(",")}}`;
}

/** By index: what an iterator says is not what is sent. */
function list(value, depth) {
  if (value.length > LONGEST) throw new Unreadable("too-long");
  const items = [];
  for (let index = 0; index < value.length; index++) items.push(json(value[index] ?? null, depth + 1));
  return `[${items.join(",")}]`;
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
