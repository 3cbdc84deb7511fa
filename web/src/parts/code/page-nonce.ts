import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

/** Lets an editor bring its styles along under the page's Content-Security-Policy. */
export function pageNonce(): Extension {
  return EditorView.cspNonce.of(
    document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '',
  );
}
