// The fixes of a document's findings, made until none is left. It writes no file.

import { applyEdits } from "../index.js";

/** Fixes may bring out findings that have fixes too; so many times over is more than any needs. */
const ROUNDS = 20;

/**
 * Makes the fixes of what `findings` finds in a text, and of what it finds then. Of two that touch the same place, the
 * later one waits for the next round.
 *
 * @param {string} text
 * @param {(text: string) => import("../types.js").Diagnostic[]} findings
 * @returns {{ text: string, labels: string[] }} The text afterwards, and what was done.
 */
export function repair(text, findings) {
  const labels = [];
  const seen = new Set([text]);
  for (let round = 0; round < ROUNDS; round += 1) {
    const fixes = apart(findings(text).flatMap(({ fix }) => fix ?? []));
    const edits = fixes.flatMap((fix) => fix.edits).sort((a, b) => a.start - b.start);
    const edited = applyEdits(text, edits);
    if (edited === undefined || seen.has(edited)) break;
    seen.add(edited);
    text = edited;
    labels.push(...fixes.map(({ label }) => label));
  }
  return { text, labels };
}

/** The fixes that do not touch one before them. */
function apart(fixes) {
  const taken = [];
  return fixes.filter(({ edits }) => {
    const touches = edits.some((edit) => taken.some((other) => edit.start <= other.end && other.start <= edit.end));
    if (!touches) taken.push(...edits);
    return !touches;
  });
}
