// Findings about a policy, for people: the place, the line with its stretch underlined, help and fix.

import { compile } from "../index.js";
import { nameOf, readText } from "./files.js";
import { BadUse } from "./options.js";
import { colours, counted, displayWidth, legible } from "./output.js";

/** So many characters of a line are shown. */
const SHOWN = 100;
/** Of them, so many before what is underlined. */
const BEFORE = 30;

/** The text of a policy that has no errors. Throws where it has some: what a broken policy decides is nobody's guess. */
export async function readPolicy(path, io, options = {}) {
  const text = await readText(path, io);
  const compiled = compile(text, options);
  if (compiled.ok) {
    compiled.policy.free();
    return text;
  }
  const shown = renderDiagnostics(nameOf(path), text, compiled.errors, colours(io.stderr, io.env));
  const errors = counted(compiled.errors.length, "error");
  throw new BadUse(`${nameOf(path)} has ${errors}, and decides nothing before it is repaired`, `${shown}\n`);
}

/** Findings, one below the other, each with the line that it is about. */
export function renderDiagnostics(name, text, diagnostics, paint) {
  const lines = text.replace(/^\ufeff/, "").split("\n");
  const bytes = Buffer.from(text);
  return diagnostics.map((diagnostic) => renderDiagnostic(name, lines, bytes, diagnostic, paint)).join("\n");
}

function renderDiagnostic(name, lines, bytes, diagnostic, paint) {
  const { severity, code, location, message, related = [], help, fix } = diagnostic;
  const colour = severity === "error" ? paint.red : paint.yellow;
  const margin = " ".repeat(String(location.line).length);
  const notes = related.map((other) => `${name}:${other.location.line}:${other.location.column}: ${other.message}`);
  if (help) notes.push(`help: ${help}`);
  if (fix) notes.push(`fix: ${fix.label}`);
  const [shown, underline] = frame(lines[location.line - 1] ?? "", location, bytes);
  return [
    `${paint.bold(`${name}:${location.line}:${location.column}:`)} ${colour(`${severity}[${code}]`)}: ${message}\n`,
    `${paint.blue(` ${location.line} |`)} ${shown}\n`,
    `${paint.blue(` ${margin} |`)} ${colour(underline)}\n`,
    ...notes.map((note) => `${paint.blue(` ${margin} =`)} ${note}\n`),
  ].join("");
}

/** A line, cut to what is around the stretch, and the carets below it. */
function frame(line, location, bytes) {
  const characters = Array.from(line.replace(/\r$/, ""));
  const [stretch] = bytes.subarray(location.start, location.end).toString("utf8").split(/\r?\n/, 1);
  const from = Math.max(0, Math.min(location.column - 1 - BEFORE, characters.length - SHOWN));
  const to = Math.min(characters.length, from + SHOWN);
  const [left, right] = [from > 0 ? "…" : "", to < characters.length ? "…" : ""];
  const start = location.column - 1;
  const end = Math.min(to, start + Array.from(stretch).length);
  const text = (first, last) => legible(characters.slice(first, last).join(""));
  const indent = (left + text(from, start)).replace(/[^\t]/gu, (character) => " ".repeat(displayWidth(character)));
  const carets = "^".repeat(Math.max(1, displayWidth(text(start, end))));
  return [left + text(from, to) + right, indent + carets];
}
