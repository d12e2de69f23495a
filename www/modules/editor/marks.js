// The lines of what is selected on the page's other side.
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";

/** The first and the last line to mark; none where the first is 0. */
export const setMarks = StateEffect.define();

const line = Decoration.line({ class: "cm-selectedTool" });

export const marks = StateField.define({
  create: () => Decoration.none,
  update(decorations, transaction) {
    const effect = transaction.effects.find((effect) => effect.is(setMarks));
    if (!effect) return decorations.map(transaction.changes);
    const { doc } = transaction.state;
    const [first, last] = effect.value;
    const lines = [];
    for (let number = first; number > 0 && number <= Math.min(last, doc.lines); number++) {
      lines.push(line.range(doc.line(number).from));
    }
    return Decoration.set(lines);
  },
  provide: (field) => EditorView.decorations.from(field),
});
