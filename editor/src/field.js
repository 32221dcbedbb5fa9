// The field in which a query is written: CodeMirror in a shadow root, where the page's policy on styles lets it style
// itself, over the text area that the page has without a script.

import {
  acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, LanguageSupport, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { styleTags, Tag, tags } from "@lezer/highlight";
import { SparqlLanguage } from "codemirror-lang-sparql";

import { complete, declare } from "./completion.js";
import { findEnd, findOffset } from "./places.js";

const NAME = Tag.define();
const LANGUAGE = SparqlLanguage.configure({
  props: [styleTags({ "Pname_ln Pname_ns": NAME, A_predicate: tags.keyword })],
});

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "light-dark(#0b4ca8, #8fc4f8)", fontWeight: "600" },
  { tag: tags.variableName, color: "light-dark(#804300, #f2ae58)" },
  { tag: [tags.namespace, tags.url, tags.typeName, NAME], color: "light-dark(#0a6446, #52dda3)" },
  { tag: [tags.string, tags.annotation], color: "light-dark(#9c0f65, #f29ac2)" },
  { tag: tags.comment, color: "var(--ink2)" },
]);

const THEME = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "14px" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "-3px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", minHeight: "10rem", maxHeight: "60vh" },
  ".cm-content": { caretColor: "var(--ink)", padding: "12px 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--ink2)", border: "0" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { boxShadow: "inset 2px 0 var(--edge)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "light-dark(#cfe0f5, #2b4a6e)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "light-dark(#ddebf7, #173450)" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", border: "1px solid var(--edge)", color: "var(--ink)" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxWidth: "min(36rem, 90vw)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--ink)", color: "var(--paper)" },
  ".cm-completionDetail": { fontFamily: "var(--sans)", fontStyle: "normal", marginLeft: "1em" },
  ".cm-completionInfo": { fontFamily: "var(--sans)", maxWidth: "20rem", padding: "8px 12px" },
  ".cm-lintRange-error": {
    backgroundImage: "none", backgroundColor: "light-dark(#f8dfec, #48213b)",
    textDecoration: "underline wavy light-dark(#ad1070, #ec7da8)",
  },
  ".cm-diagnostic": { borderLeft: "4px solid light-dark(#ad1070, #ec7da8)", fontFamily: "var(--sans)" },
});

// Where text is typed over a selection, Chromium keeps the look of what was there by a style attribute, which the page's
// policy blocks and reports. So that text is put in here, through the same handlers as any other.
const TYPED_OVER = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (event.inputType !== "insertText" || !event.data || empty || view.composing) return false;
    const insert = () => view.state.update(view.state.replaceSelection(event.data), {
      userEvent: "input.type", scrollIntoView: true,
    });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, event.data, insert))) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});

/** Return an option as CodeMirror has it; taking a name declares its prefix. */
function makeOption(option, prefixes) {
  return {
    label: option.name,
    detail: option.detail,
    info: option.info || undefined,
    type: option.type,
    boost: Math.min(99, option.rank),
    apply(view, _completion, from, to) {
      const line = declare(view.state.doc.toString(), option.name, prefixes);
      const changes = [{ from, to, insert: option.name }];
      if (line) changes.unshift({ from: 0, insert: line });
      view.dispatch({
        changes,
        selection: { anchor: from + option.name.length + line.length },
        userEvent: "input.complete",
      });
    },
  };
}

/** Return what offers completions; the words are loaded when they are first needed. */
function makeSource(loadWords) {
  return async (context) => {
    const text = context.state.doc.toString();
    const words = await loadWords();
    const found = complete(text.slice(0, context.pos), text.slice(context.pos), words, context.explicit);
    if (!found || context.aborted) return null;
    const options = found.options.map((option) => makeOption(option, words.prefixes));
    return { from: found.from, options, validFor: /^[?$]?[\w:.-]*$/ };
  };
}

/**
 * Put the field over a text area.
 *
 * @param area the text area; it keeps the text, so that the form is sent as ever
 * @param loadWords returns a promise of the words of the data
 * @param run called when the writer wants the answer
 * @returns the field: its host, and what marks, reads and focuses it
 */
export function mountField(area, loadWords, run) {
  const host = document.createElement("div");
  host.className = "cm-host";
  area.before(host);
  const root = host.attachShadow({ mode: "open" });
  const runKey = { key: "Mod-Enter", preventDefault: true, run: () => { run(); return true; } };
  const makeState = (doc) => EditorState.create({
    doc,
    extensions: [
      lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
      highlightActiveLine(), EditorView.lineWrapping, new LanguageSupport(LANGUAGE), syntaxHighlighting(COLOURS), THEME, TYPED_OVER,
      autocompletion({ override: [makeSource(loadWords)], icons: false }),
      // Tab takes what is offered, and else leaves the field: no keyboard is trapped.
      keymap.of([
        runKey, { key: "Tab", run: acceptCompletion },
        ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap,
      ]),
      EditorView.contentAttributes.of({ "aria-label": "Your query in SPARQL", spellcheck: "false" }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        area.value = update.state.doc.toString();
        area.dispatchEvent(new Event("input", { bubbles: true }));
      }),
    ],
  });
  const view = new EditorView({ root, parent: root, state: makeState(area.value) });
  return {
    host,
    focus: () => view.focus(),
    // Another query has a history of its own: what was undone in one would come into the other.
    open: (text) => view.setState(makeState(text)),
    read: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    unmark: () => view.dispatch(setDiagnostics(view.state, [])),
    mark(line, column, message) {
      const text = view.state.doc.toString();
      const from = Math.min(findOffset(text, line, column), text.length);
      const mistake = { from, to: findEnd(text, from), severity: "error", message };
      view.dispatch(setDiagnostics(view.state, [mistake]));
      view.dispatch({ selection: { anchor: from } });
    },
  };
}
