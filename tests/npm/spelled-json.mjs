// JSON with the spelling of its members. `JSON.parse` rounds numbers and forgets all but the last of equal keys; the
// evaluator does neither, so a vector's policy and arguments must reach it as they are written.

const TOKEN = /[ \t\n\r]*("(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+)/y;

/** Reads a text as `JSON.parse` does. `spelling(object, key)` is the text of a member of it. */
export function parseSpelled(text) {
  const spellings = new WeakMap();
  const seen = { numbers: [], hasEqualKeys: false };
  let at = 0;

  function token() {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) throw new SyntaxError(`no JSON at ${at}`);
    at = TOKEN.lastIndex;
    return found[1];
  }

  function value(first = token()) {
    if (first === "{") return object();
    if (first === "[") return list();
    if (/^[-\d]/.test(first)) seen.numbers.push(first);
    return JSON.parse(first);
  }

  function object() {
    const members = {};
    const spelled = {};
    spellings.set(members, spelled);
    let next = token();
    while (next !== "}") {
      const key = JSON.parse(next);
      if (token() !== ":") throw new SyntaxError(`no colon before ${at}`);
      if (Object.hasOwn(members, key)) seen.hasEqualKeys = true;
      const start = at;
      define(members, key, value());
      define(spelled, key, text.slice(start, at));
      next = token();
      if (next === ",") next = token();
    }
    return members;
  }

  function list() {
    const items = [];
    let next = token();
    while (next !== "]") {
      items.push(value(next));
      next = token();
      if (next === ",") next = token();
    }
    return items;
  }

  const parsed = value();
  return { value: parsed, spelling: (members, key) => spellings.get(members)[key]?.trim(), ...seen };
}

/** A member of any name, also `__proto__`. */
function define(object, key, value) {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Whether an object of JavaScript says what a JSON text says: no key twice, no number rounded. */
export function isSayable(text) {
  JSON.parse(text);
  const { numbers, hasEqualKeys } = parseSpelled(text);
  return !hasEqualKeys && numbers.every((number) => decimal(number) === decimal(String(Number(number))));
}

/** A number as its sign, its digits and their exponent: the same for every spelling of it. */
function decimal(number) {
  const [, sign, whole, fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  if (whole === undefined) return number;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const short = digits.replace(/0+$/, "");
  if (short === "") return "0";
  return `${sign}${short}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - short.length)}`;
}
