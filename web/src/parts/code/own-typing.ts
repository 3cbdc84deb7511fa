import { EditorView } from '@codemirror/view';

/**
 * Puts typed text in by itself. Left to the browser, text that takes the place of coloured text is wrapped in styles, which the
 * page's Content-Security-Policy refuses with an error in the console.
 */
export const ownTyping = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { inputType, data, cancelable, isComposing } = event;
    if (inputType !== 'insertText' || data === null || !cancelable || isComposing || view.state.readOnly)
      return false;
    view.dispatch(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true });
    event.preventDefault();
    return true;
  },
});
