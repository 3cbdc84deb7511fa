import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language';
import { type Diagnostic, linter, lintGutter, lintKeymap } from '@codemirror/lint';
import { Annotation, Compartment, EditorState, type Extension, type StateEffect } from '@codemirror/state';
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { jsonProblem } from '../../lib/json-problem.ts';
import { codeLook } from './code-look.ts';
import { findInText } from './find-in-text.ts';
import { ownTyping } from './own-typing.ts';
import { pageNonce } from './page-nonce.ts';

/** Marks a change that the person did not make. */
export const fromOutside = Annotation.define<boolean>();

const look = new Compartment();

/** Shows what is there in the colours of a scheme. */
export function lookOf(isDark: boolean): StateEffect<unknown> {
  return look.reconfigure(codeLook(isDark));
}

interface Wanted {
  doc: string;
  label: string;
  readOnly: boolean;
  isDark: boolean;
  onChange(text: string): void;
}

/** An editor of JSON. Tab goes on to the next control, as everywhere on the page. */
export function jsonState({ doc, label, readOnly, isDark, onChange }: Wanted): EditorState {
  const extensions = readOnly ? forReading(label, isDark) : forWriting(label, isDark, onChange);
  return EditorState.create({ doc, extensions });
}

/** What shows JSON that nobody may change; the keyboard reaches and scrolls it all the same. */
export function forReading(label: string, isDark: boolean): Extension {
  const attributes = { 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' };
  return [
    forBoth(isDark),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of(attributes),
    keymap.of(defaultKeymap),
  ];
}

function forBoth(isDark: boolean): Extension {
  return [
    pageNonce(),
    look.of(codeLook(isDark)),
    json(),
    lineNumbers(),
    foldGutter(),
    bracketMatching(),
    findInText,
    keymap.of(foldKeymap),
  ];
}

function forWriting(label: string, isDark: boolean, onChange: (text: string) => void): Extension {
  return [
    forBoth(isDark),
    history(),
    ownTyping,
    indentOnInput(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    linter((view) => diagnosticsOf(view.state.doc.toString())),
    lintGutter(),
    keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap]),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    EditorView.updateListener.of(({ docChanged, state, transactions }) => {
      if (docChanged && !transactions.some((one) => one.annotation(fromOutside)))
        onChange(state.doc.toString());
    }),
  ];
}

function diagnosticsOf(text: string): Diagnostic[] {
  const problem = jsonProblem(text);
  if (problem === undefined) return [];
  const { offset: from, message } = problem;
  return [{ from, to: Math.min(from + 1, text.length), severity: 'error', message }];
}

/** The one change that makes a text of another, so that the cursor stays where nothing changed. */
export function changeTo(before: string, after: string): { from: number; to: number; insert: string } {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from++;
  let same = 0;
  while (same < most - from && before.at(-1 - same) === after.at(-1 - same)) same++;
  return { from, to: before.length - same, insert: after.slice(from, after.length - same) };
}
