// What is wrong with the text, as the page says: in the gutter, under the text, and on asking.
//
// What a person is typing right now is not called wrong before they have left it.
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { positionOf } from "./places.js";
import { prose } from "./prose.js";

const PAUSE_MS = 300;

export const findings = lintGutter();

export class Findings {
  #repair;
  #list = [];
  #isTyping = false;
  #timer = 0;

  constructor(repair) {
    this.#repair = repair;
  }

  /** Takes the findings of the text as it is now. */
  set(view, list) {
    const { doc } = view.state;
    this.#list = list.map(([line, unit, toLine, toUnit, isError, message, help, label], number) => ({
      from: positionOf(doc, line, unit),
      // Of what has several lines, the first is marked.
      to: toLine > line ? positionOf(doc, line, Infinity) : positionOf(doc, toLine, toUnit),
      severity: isError ? "error" : "warning",
      message,
      renderMessage: () => sentences(message, help),
      actions: label ? [{ name: label, apply: () => this.#repair(number) }] : [],
    }));
    clearTimeout(this.#timer);
    if (this.#isTyping) this.#timer = setTimeout(() => this.#draw(view), PAUSE_MS);
    else this.#draw(view);
  }

  take(update) {
    if (update.docChanged) {
      this.#isTyping = update.transactions.some((transaction) => transaction.isUserEvent("input") || transaction.isUserEvent("delete"));
      this.#list = this.#list.map((found) => ({ ...found, from: update.changes.mapPos(found.from), to: update.changes.mapPos(found.to) }));
    } else if (update.selectionSet && this.#isTyping) {
      this.show(update.view);
    }
  }

  /** Shows what was held back while it was typed. */
  show(view) {
    if (!this.#isTyping) return;
    this.#isTyping = false;
    clearTimeout(this.#timer);
    // CodeMirror allows no change from within a change.
    this.#timer = setTimeout(() => this.#draw(view));
  }

  end() {
    clearTimeout(this.#timer);
  }

  #draw(view) {
    const { head } = view.state.selection.main;
    const isTyped = ({ from, to }) => this.#isTyping && view.hasFocus && from <= head && head <= to;
    view.dispatch(setDiagnostics(view.state, this.#list.filter((found) => !isTyped(found))));
  }
}

function sentences(message, help) {
  const dom = document.createElement("span");
  dom.append(prose("span", message));
  if (help) dom.append(document.createElement("br"), prose("span", help));
  return dom;
}
