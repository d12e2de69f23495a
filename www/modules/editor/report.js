// What was typed, on its way to the page.
//
// The page reads the whole policy again after each change. A short one is told of each key at once; a long one when a
// person pauses, so that every key paints. Whatever else is asked of the page, it is told before.
import { Annotation } from "@codemirror/state";
import { placeOf } from "./places.js";

/** Up to this length the page reads a text faster than a frame is painted. */
const SHORT = 64 * 1024;
/** A pause is as long as the page took last time, between these. */
const [SHORTEST_MS, LONGEST_MS] = [150, 1_000];

const received = Annotation.define();

export class Report {
  /** Marks what the page itself changed. */
  received = received.of(true);

  #page;
  /** What the page does not know yet: changes, and the text that they were made to. */
  #untold = null;
  #timer = 0;
  #frame = 0;
  #cost = 0;
  #view;

  #deliver = () => this.deliver();

  constructor(page) {
    this.#page = page;
    // A page that goes out of sight may be gone: before it keeps the work, it is told of it.
    document.addEventListener("visibilitychange", this.#deliver, { capture: true });
  }

  take(update) {
    this.#view = update.view;
    let brought = false;
    for (const transaction of update.transactions) {
      if (!transaction.docChanged || transaction.annotation(received)) continue;
      if (this.#untold) this.#untold.changes = this.#untold.changes.compose(transaction.changes);
      else this.#untold = { doc: transaction.startState.doc, changes: transaction.changes };
      brought ||= transaction.isUserEvent("input.paste") || transaction.isUserEvent("input.drop");
    }
    if (this.#untold && update.docChanged) {
      // What was brought in one go is told at once, so that it is undone apart from what is typed next.
      if (update.state.doc.length <= SHORT || brought) this.deliver();
      else {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(this.#deliver, Math.min(Math.max(SHORTEST_MS, this.#cost), LONGEST_MS));
      }
    }
    if (update.docChanged || update.selectionSet) this.#tellCaret();
  }

  /** Tells the page, as one replacement of one stretch. */
  deliver() {
    if (!this.#untold) return;
    clearTimeout(this.#timer);
    const { doc, changes } = this.#untold;
    const stretch = covering(changes);
    if (stretch) {
      const inserted = this.#view.state.doc.sliceString(stretch.fromB, stretch.toB, "\n");
      const start = performance.now();
      // What follows from a change is worked out behind this task.
      setTimeout(() => (this.#cost = performance.now() - start));
      // Where the text was changed elsewhere too, the page says so first.
      if (!this.#page.typed(placeOf(doc, stretch.fromA), placeOf(doc, stretch.toA), inserted)) {
        this.#timer = setTimeout(this.#deliver);
        return;
      }
    }
    this.#untold = null;
    this.#tellCaret();
  }

  end() {
    this.deliver();
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
    document.removeEventListener("visibilitychange", this.#deliver, { capture: true });
  }

  /** A change that the page made to the text it knows, as one of the text that stands here. */
  receive(view, change) {
    if (!this.#untold) return view.state.changes(change(view.state.doc));
    const { doc, changes } = this.#untold;
    const theirs = changes.constructor.of(change(doc), doc.length);
    this.#untold = { doc: theirs.apply(doc), changes: changes.map(theirs, true) };
    return theirs.map(changes);
  }

  #tellCaret() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      const { state } = this.#view;
      if (!this.#untold) this.#page.moved(placeOf(state.doc, state.selection.main.head));
    });
  }
}

/** The one stretch around all changes, before and after them. */
function covering(changes) {
  let stretch = null;
  changes.iterChangedRanges((fromA, toA, fromB, toB) => {
    stretch = { fromA: stretch?.fromA ?? fromA, toA, fromB: stretch?.fromB ?? fromB, toB };
  });
  return stretch;
}
