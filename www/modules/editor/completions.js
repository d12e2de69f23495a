// What can stand at the caret, as the page says.
import { pickedCompletion, startCompletion } from "@codemirror/autocomplete";
import { placeOf, positionOf } from "./places.js";
import { prose } from "./prose.js";

/**
 * Completions from `page.complete(place)`: nothing, or `[line, unit, toLine, toUnit, ...candidates]`, each candidate
 * `[label, detail, explanation, text, caret]`: the text replaces the stretch, and the caret stands that many code
 * units into it afterwards.
 */
export function completions(page, report) {
  return (context) => {
    report.deliver();
    const { doc } = context.state;
    const found = page.complete(placeOf(doc, context.pos));
    if (!found) return null;
    const [line, unit, toLine, toUnit, ...candidates] = found;
    const from = positionOf(doc, line, unit);
    // Nothing is offered unasked where nothing was begun.
    if (!context.explicit && from === context.pos && doc.sliceString(from - 1, from) !== '"') return null;
    // What is behind the caret is replaced as well, but nothing is found by it.
    const behind = positionOf(doc, toLine, toUnit) - context.pos;
    return { from, options: candidates.map((candidate) => option(candidate, behind)), validFor: /^[^"\s{}[\],:]*$/ };
  };
}

function option([label, detail, info, text, caret], behind) {
  const apply = (view, completion, from, to) => {
    const head = from + caret;
    view.dispatch({
      changes: { from, to: to + behind, insert: text },
      selection: { anchor: head },
      scrollIntoView: true,
      userEvent: "input.complete",
      annotations: pickedCompletion.of(completion),
    });
    // The caret was left where a value goes: what goes there is offered at once.
    if (caret < text.length) startCompletion(view);
  };
  return { label, detail, info: info ? () => prose("div", info) : undefined, apply };
}
