import { StateEffect } from '@codemirror/state';
import { type Command, type EditorView, keymap } from '@codemirror/view';

/** Mod-F, which loads what searches when somebody first wants it. */
export const findInText = keymap.of([{ key: 'Mod-f', run: loadAndOpen, preventDefault: true }]);

function loadAndOpen(view: EditorView): ReturnType<Command> {
  void import('@codemirror/search').then(
    ({ highlightSelectionMatches, openSearchPanel, search, searchKeymap }) => {
      if (!view.dom.isConnected) return false;
      const extensions = [highlightSelectionMatches(), search({ top: true }), keymap.of(searchKeymap)];
      view.dispatch({ effects: StateEffect.appendConfig.of(extensions) });
      return openSearchPanel(view);
    },
  );
  return true;
}
