import { getChunks, MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import type { JsonDiffProps } from '../json-diff.tsx';
import { forReading } from './json-state.ts';
import { lineDiff } from './line-diff.ts';

export type Layout = 'sides' | 'unified';

/** A comparison on the page. */
export interface Compared {
  /** Where one goes from change to change. */
  view: EditorView;
  /** In how many places the texts differ. */
  count: number;
  destroy(): void;
}

type Wanted = Pick<JsonDiffProps, 'before' | 'after'> & { layout: Layout; isWhole: boolean; isDark: boolean };

const SAME = { margin: 3, minSize: 6 };
const diffConfig = { override: lineDiff };

/** Puts the comparison of two texts into an element. */
export function showCompared(parent: HTMLElement, wanted: Wanted): Compared {
  const { before, after, layout } = wanted;
  const config = { diffConfig, ...(wanted.isWhole ? {} : { collapseUnchanged: SAME }) };
  const extensions = (label: string) => forReading(label, wanted.isDark);
  if (layout === 'unified') {
    const unified = unifiedMergeView({ original: before.text, mergeControls: false, ...config });
    const label = `From ${before.label} to ${after.label}`;
    const state = EditorState.create({ doc: after.text, extensions: [extensions(label), unified] });
    const view = new EditorView({ state, parent });
    return { view, count: getChunks(state)?.chunks.length ?? 0, destroy: () => view.destroy() };
  }
  const merged = new MergeView({
    a: { doc: before.text, extensions: extensions(before.label) },
    b: { doc: after.text, extensions: extensions(after.label) },
    parent,
    ...config,
  });
  return { view: merged.b, count: merged.chunks.length, destroy: () => merged.destroy() };
}
