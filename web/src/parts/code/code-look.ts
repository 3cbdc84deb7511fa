import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const BAD = 'var(--page-bad)';
const LINE = '1px solid var(--mantine-color-default-border)';

/** Code in the colours of the page; they are variables, so that only what the library adds by itself asks for the scheme. */
export function codeLook(isDark: boolean): Extension {
  return [EditorView.theme(RULES, { dark: isDark }), syntaxHighlighting(JSON_COLOURS)];
}

const JSON_COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--page-accent)' },
  { tag: tags.string, color: 'var(--page-good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--page-warning)' },
  { tag: [tags.punctuation, tags.separator, tags.bracket], color: 'var(--page-quiet)' },
]);

const RULES = {
  '&': {
    height: '100%',
    color: 'var(--mantine-color-text)',
    backgroundColor: 'var(--mantine-color-body)',
    fontSize: 'var(--mantine-font-size-sm)',
  },
  '&.cm-focused': { outline: '2px solid var(--page-accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-gutters': {
    color: 'var(--mantine-color-dimmed)',
    backgroundColor: 'var(--page-ground)',
    borderRight: '1px solid var(--page-line)',
  },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '.cm-activeLineGutter': { color: 'var(--mantine-color-text)', backgroundColor: 'var(--page-line)' },
  '.cm-foldPlaceholder': {
    color: 'var(--mantine-color-text)',
    backgroundColor: 'var(--page-line)',
    border: 'none',
  },
  '.cm-panels': { color: 'var(--mantine-color-text)', backgroundColor: 'var(--page-ground)' },
  '.cm-panels-top': { borderBottom: LINE },
  '.cm-panel.cm-search': {
    fontFamily: 'var(--mantine-font-family)',
    fontSize: 'var(--mantine-font-size-sm)',
  },
  '.cm-textfield': {
    color: 'inherit',
    fontSize: 'inherit',
    backgroundColor: 'var(--mantine-color-body)',
    border: LINE,
    borderRadius: '3px',
  },
  '.cm-button': {
    color: 'inherit',
    fontSize: 'inherit',
    backgroundColor: 'var(--mantine-color-default)',
    backgroundImage: 'none',
    border: LINE,
    borderRadius: '3px',
  },
  '.cm-panel.cm-search label': { fontSize: 'inherit' },
  '.cm-panel.cm-search [name=close]': { color: 'inherit' },
  // Framed, so that the colours of what is found stay readable.
  '.cm-searchMatch': { backgroundColor: 'transparent', outline: '1px solid var(--page-warning)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--page-line)', outlineWidth: '2px' },
  '.cm-selectionMatch': { backgroundColor: 'var(--page-line)' },
  '&.cm-merge-b .cm-deletedText': { background: `linear-gradient(${BAD}, ${BAD}) bottom/100% 2px no-repeat` },
  // What stands there by itself is a sign that few fonts have.
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"…"' },
  '.cm-tooltip': {
    color: 'var(--mantine-color-text)',
    backgroundColor: 'var(--mantine-color-default)',
    border: LINE,
  },
};
