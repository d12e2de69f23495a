// What can stand at the caret, as the page says.
import { pickedCompletion, startCompletion } from "@codemirror/autocomplete";
import { placeOf, positionOf } from "./places.js";

/**
 * Completions from `page.complete(place)`: nothing, or `[line, unit, toLine, toUnit, ...candidates]`, each candidate
 * `[label, kind, detail, explanation, text, caret]`: the text replaces the stretch, and the caret stands that many code
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
    return { from, to: positionOf(doc, toLine, toUnit), options: candidates.map(option), validFor: /^[^"\s{}[\],:]*$/ };
  };
}

function option([label, type, detail, info, text, caret]) {
  const apply = (view, completion, from, to) => {
    const head = from + caret;
    view.dispatch({
      changes: { from, to, insert: text },
      selection: { anchor: head },
      scrollIntoView: true,
      userEvent: "input.complete",
      annotations: pickedCompletion.of(completion),
    });
    // The caret was left where a value goes: what goes there is offered at once.
    if (caret < text.length) startCompletion(view);
  };
  return { label, type, detail, info: info || undefined, apply };
}
