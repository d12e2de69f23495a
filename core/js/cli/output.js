// What commands print: colours where somebody sees them, columns, and text of others made fit to be shown.
//
// A reader that goes away, such as `head`, ends the command quietly with 141, as if SIGPIPE had.

import process from "node:process";

const watched = new WeakSet();

/** Writes, and waits where the reader is slower. */
export async function write(stream, text) {
  if (!watched.has(stream)) {
    watched.add(stream);
    stream.on("error", (error) => endForLackOfAReader(stream, error));
  }
  if (!stream.write(text)) await readyOrGone(stream);
}

/** Where nobody reads what is wrong, there is nobody to tell. */
function endForLackOfAReader(stream, error) {
  if (stream === process.stderr) return;
  if (error.code === "EPIPE") process.exit(141);
  process.stderr.write(`gatewright: cannot write the output: ${error.message}\n`);
  process.exit(2);
}

function readyOrGone(stream) {
  return new Promise((resolve) => {
    const done = () => {
      stream.off("drain", done).off("close", done);
      resolve();
    };
    stream.on("drain", done).on("close", done);
  });
}

/** One value as one line of JSON. */
export function writeJson(stream, value) {
  return write(stream, `${JSON.stringify(value)}\n`);
}

const STYLES = { bold: "1", dim: "2", red: "31", green: "32", yellow: "33", blue: "34" };

/**
 * Functions that colour a text, or leave it as it is where the stream is no terminal, `NO_COLOR` is set or the terminal
 * says that it knows no colours.
 *
 * @returns {Record<keyof typeof STYLES, (text: string) => string>}
 */
export function colours(stream, env) {
  const coloured = Boolean(stream.isTTY) && !env.NO_COLOR && env.TERM !== "dumb";
  const style = (code) => (coloured ? (text) => `\u001b[${code}m${text}\u001b[0m` : (text) => text);
  return Object.fromEntries(Object.entries(STYLES).map(([name, code]) => [name, style(code)]));
}

/** Somebody's text for a terminal: control and format characters, which could rewrite what is beside them, become �. */
export function legible(text) {
  return text.replace(/(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "\ufffd");
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Emoji_Presentation}/u;

/** How many columns of a terminal a text takes, as near as can be told without its font. */
export function displayWidth(text) {
  let width = 0;
  for (const character of text) width += /\p{Mn}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** Rows as columns, two spaces apart, without spaces at their ends. The columns of `right` are aligned to the right. */
export function table(rows, { right = [] } = {}) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column]))));
  const cell = (text, column) => {
    const room = " ".repeat(widths[column] - displayWidth(text));
    return right.includes(column) ? room + text : text + room;
  };
  return rows.map((row) => `  ${row.map(cell).join("  ")}`.trimEnd() + "\n").join("");
}

/** `1 call`, `2 calls`, `1,000 calls`. */
export function counted(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
