// The editor of the policy's text, on CodeMirror 6.
//
// It shows a text and reports what a person does with it; it decides nothing. What a policy may say, what is wrong with it
// and what was done before come from the page: there is no history here, no linter and no knowledge of the language.
//
// A place in the text is a line, from 1, and a number of UTF-16 code units on it, from 0: so neither side needs to know
// how the other counts bytes or ends lines. Lines end with "\n" here, whatever the policy's file has.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap } from "@codemirror/commands";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentUnit } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, Text } from "@codemirror/state";
import { EditorView, highlightSpecialChars, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { completions } from "./editor/completions.js";
import { Findings, findings } from "./editor/findings.js";
import { json } from "./editor/json.js";
import { marks, setMarks } from "./editor/marks.js";
import { placeOf, positionOf } from "./editor/places.js";
import { prose } from "./editor/prose.js";
import { Report } from "./editor/report.js";
import { mountInSheet, theme } from "./editor/theme.js";

mountInSheet();

/**
 * Puts an editor into an element. `ask(what, line, unit, toLine, toUnit, text)` tells the page what was done and asks what
 * it knows.
 */
export function create(parent, label, description, text, ask) {
  const page = {
    /** Whether the page took what was typed. */
    typed: (from, to, inserted) => ask("typed", ...from, ...to, inserted),
    moved: (place) => ask("moved", ...place, 0, 0, ""),
    undo: () => ask("undo", 0, 0, 0, 0, ""),
    redo: () => ask("redo", 0, 0, 0, 0, ""),
    complete: (place) => ask("complete", ...place, 0, 0, ""),
    explain: (place) => ask("explain", ...place, 0, 0, ""),
    repair: (number) => ask("repair", number, 0, 0, 0, ""),
  };
  return new Editor(parent, label, description, text, page);
}

/** What stands in the editor below an element: the document's lines out of view are not in the page. */
export function textIn(parent) {
  return EditorView.findFromDOM(parent.querySelector(".cm-editor")).state.doc.toString();
}

class Editor {
  #view;
  #report;
  #findings;

  constructor(parent, label, description, text, page) {
    this.#report = new Report(page);
    this.#findings = new Findings((number) => page.repair(number));
    const travel = (step) => () => {
      this.#report.deliver();
      page[step]();
      return true;
    };
    const [undo, redo] = [travel("undo"), travel("redo")];
    const state = EditorState.create({
      doc: Text.of(text.split("\n")),
      extensions: [
        EditorState.lineSeparator.of("\n"),
        EditorView.clipboardInputFilter.of((pasted) => pasted.replace(/\r\n?/g, "\n")),
        indentUnit.of(/^(?:\t+| +)(?=\S)/m.exec(text)?.[0] ?? "  "),
        json,
        lineNumbers(),
        findings,
        codeFolding(),
        foldGutter(),
        highlightSpecialChars(),
        bracketMatching(),
        closeBrackets(),
        highlightSelectionMatches(),
        search({ top: true }),
        marks,
        theme,
        autocompletion({
          override: [completions(page, this.#report)],
          icons: false,
          compareCompletions: () => 0,
          // They open where a field or a word is due: Enter means the one that is marked.
          interactionDelay: 0,
        }),
        hoverTooltip((view, position) => explanation(page, this.#report, view, position)),
        // Tab is not among the keys: it leads out of the editor.
        keymap.of([
          { key: "Mod-z", run: undo, preventDefault: true },
          { key: "Mod-y", mac: "Mod-Shift-z", run: redo, preventDefault: true },
          { linux: "Ctrl-Shift-z", win: "Ctrl-Shift-z", run: redo, preventDefault: true },
          ...completionKeymap,
          ...closeBracketsKeymap,
          ...searchKeymap,
          ...foldKeymap,
          ...defaultKeymap,
        ]),
        EditorView.domEventHandlers({
          beforeinput: (event) => {
            const step = { historyUndo: undo, historyRedo: redo }[event.inputType];
            if (step) event.preventDefault();
            return step?.() ?? false;
          },
          blur: () => {
            this.#report.deliver();
            this.#findings.show(this.#view);
          },
        }),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": description, spellcheck: "false", tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          this.#report.take(update);
          this.#findings.take(update);
        }),
      ],
    });
    this.#view = new EditorView({ state, parent });
  }

  /** Makes a change that was made elsewhere. A person who is in the editor is led to it. */
  patch(line, unit, toLine, toUnit, inserted) {
    const changes = this.#report.receive(this.#view, (doc) => ({
      from: positionOf(doc, line, unit),
      to: positionOf(doc, toLine, toUnit),
      insert: Text.of(inserted.split("\n")),
    }));
    const spec = { changes, annotations: this.#report.received };
    if (this.#view.hasFocus) {
      let end = 0;
      changes.iterChanges((fromA, toA, fromB, toB) => (end = toB));
      Object.assign(spec, { selection: { anchor: end }, scrollIntoView: true });
    }
    this.#view.dispatch(spec);
  }

  /** Shows findings: each `[line, unit, toLine, toUnit, isError, message, help or "", repair's label or ""]`. */
  findings(list) {
    this.#findings.set(this.#view, list);
  }

  /** Selects a stretch, brings it into view, and moves the focus there. */
  select(line, unit, toLine, toUnit) {
    const { doc } = this.#view.state;
    const [anchor, head] = [positionOf(doc, toLine, toUnit), positionOf(doc, line, unit)];
    this.#view.focus();
    this.#view.dispatch({ selection: { anchor, head }, effects: EditorView.scrollIntoView(head, { y: "nearest", yMargin: 60 }) });
  }

  /** Marks some lines, first and last; none where the first is 0. */
  mark(first, last) {
    this.#view.dispatch({ effects: setMarks.of([first, last]) });
  }

  destroy() {
    this.#report.end();
    this.#findings.end();
    this.#view.destroy();
  }
}

/** What the page says of a place: a title and sentences, as a tooltip. */
function explanation(page, report, view, position) {
  report.deliver();
  const found = page.explain(placeOf(view.state.doc, position));
  if (!found) return null;
  const [line, unit, toLine, toUnit, title, ...sentences] = found;
  const create = () => {
    const dom = document.createElement("div");
    dom.className = "cm-explanation";
    dom.appendChild(document.createElement("strong")).append(title);
    dom.append(...sentences.map((sentence) => prose("p", sentence)));
    return { dom };
  };
  const { doc } = view.state;
  return { pos: positionOf(doc, line, unit), end: positionOf(doc, toLine, toUnit), above: true, create };
}
