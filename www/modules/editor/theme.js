// The editor's looks, in the colours of the page's own tokens: www/styles/tokens.css decides light and dark.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { StyleModule } from "style-mod";

/**
 * Has CodeMirror's rules put into a sheet that scripts make. The page's content security policy takes no `<style>`,
 * which it would write otherwise.
 */
export function mountInSheet() {
  const mount = StyleModule.mount;
  // What has no head is taken for a shadow root, which style-mod gives such a sheet.
  const root = {
    ownerDocument: document,
    get adoptedStyleSheets() {
      return document.adoptedStyleSheets;
    },
    set adoptedStyleSheets(sheets) {
      document.adoptedStyleSheets = sheets;
    },
  };
  StyleModule.mount = (_, modules) => mount.call(StyleModule, root, modules);
}

const control = {
  font: "inherit",
  color: "var(--ink)",
  background: "var(--surface)",
  border: "1px solid var(--control)",
  borderRadius: "var(--radius)",
  minHeight: "28px",
  padding: "2px 8px",
};

const rules = EditorView.theme({
  "&": { color: "var(--ink)", background: "var(--surface)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { font: "13px/20px var(--mono)", overflow: "auto" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 12px 0 8px" },
  ".cm-gutters": { background: "var(--page)", color: "var(--quiet)", border: "0", borderRight: "1px solid var(--rule)" },
  ".cm-gutter-lint": { width: "16px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0 2px" },
  ".cm-foldGutter .cm-gutterElement": { width: "24px", textAlign: "center", cursor: "pointer" },
  ".cm-foldPlaceholder": { background: "var(--page)", color: "var(--ink)", border: "1px solid var(--control)", padding: "0 8px" },
  ".cm-selectedTool": { boxShadow: "inset 3px 0 0 var(--primary)", background: "var(--page)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { background: "none", outline: "1px solid var(--control)" },
  ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": { background: "none", color: "var(--deny)" },
  ".cm-selectionMatch": { background: "none", outline: "1px dotted var(--control)" },
  ".cm-searchMatch": { background: "var(--finding)", outline: "none" },
  ".cm-searchMatch, .cm-searchMatch span": { color: "var(--finding-ink) !important" },
  ".cm-searchMatch.cm-searchMatch-selected": { background: "var(--finding)", outline: "2px solid var(--focus)" },
  ".cm-lintRange": { backgroundImage: "none", textDecoration: "underline wavy 1px", textUnderlineOffset: "3px" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecorationColor: "var(--deny)" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecorationColor: "var(--quiet)" },
  ".cm-tooltip": {
    background: "var(--surface)",
    color: "var(--ink)",
    border: "1px solid var(--control)",
    borderRadius: "var(--radius)",
    font: "13px/20px var(--sans)",
    maxWidth: "min(480px, calc(100vw - 32px))",
    overflowWrap: "anywhere",
  },
  ".cm-explanation": { padding: "8px 12px" },
  ".cm-explanation p": { margin: "4px 0 0" },
  ".cm-diagnostic": { padding: "8px 12px", borderLeft: "4px solid var(--finding)" },
  ".cm-diagnosticAction": { ...control, margin: "4px 0 0", display: "block" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { font: "13px/20px var(--mono)", maxHeight: "240px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px 12px", minHeight: "24px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--primary)", color: "var(--primary-ink)" },
  ".cm-completionDetail": { color: "var(--quiet)", fontStyle: "normal", marginLeft: "12px" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionMatchedText": { textDecoration: "underline" },
  ".cm-completionInfo": { padding: "8px 12px" },
  ".cm-panels": { background: "var(--page)", color: "var(--ink)", font: "13px/20px var(--sans)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--rule)" },
  ".cm-panel.cm-search": { padding: "8px 40px 8px 12px", display: "flex", flexWrap: "wrap", gap: "4px 8px", alignItems: "center" },
  ".cm-panel.cm-search br": { flexBasis: "100%", content: "''" },
  ".cm-panel.cm-search label": { fontSize: "13px", display: "inline-flex", alignItems: "center", gap: "4px", minHeight: "24px" },
  ".cm-panel.cm-search input": { margin: "0" },
  ".cm-panel.cm-search input[type=checkbox]": { minHeight: "0", width: "16px", height: "16px" },
  ".cm-textfield": { ...control },
  ".cm-button": { ...control, backgroundImage: "none", margin: "0" },
  ".cm-panel.cm-search [name=close]": { ...control, width: "28px", right: "8px", top: "8px", textAlign: "center" },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--code-key)" },
  { tag: tags.string, color: "var(--code-text)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-value)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
]);

export const theme = [rules, syntaxHighlighting(colours)];
