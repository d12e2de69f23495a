// Places as the page counts them, and positions as CodeMirror does.

/** The line, from 1, and the code units on it before a position. */
export function placeOf(doc, position) {
  const line = doc.lineAt(position);
  return [line.number, position - line.from];
}

/** The position of a place; of one beyond the text, the nearest. */
export function positionOf(doc, line, unit) {
  const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return Math.min(from + unit, to);
}
