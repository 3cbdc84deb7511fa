import { useEffect } from 'react';

/**
 * Gives the focus back, when what uses this goes, to where it was before: to the button of a menu for one of its entries, and to
 * the content where that is gone. Mantine does so for dialogs that stay mounted only.
 */
export function useFocusBack(): void {
  useEffect(() => {
    const before = document.activeElement;
    const menuOf = before?.closest('[role=menu]')?.getAttribute('aria-labelledby');
    const opener = menuOf === null || menuOf === undefined ? before : document.getElementById(menuOf);
    return () => {
      const isThere = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
      (isThere ? opener : document.getElementById('main'))?.focus();
    };
  }, []);
}
