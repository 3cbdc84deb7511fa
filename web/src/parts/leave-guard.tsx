import { useBlocker } from '@tanstack/react-router';
import type { Search } from '../lib/search.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';

/** Asks before a page is left on which something was entered and not saved, by link, by the way back and by closing the tab. */
export function LeaveGuard({ isDirty }: { isDirty: boolean }) {
  const { status, proceed, reset } = useBlocker({
    // The search and the page of a list beside a form leave it as it is; another tab takes it away.
    shouldBlockFn: ({ current, next }) =>
      isDirty && (current.pathname !== next.pathname || tabOf(current.search) !== tabOf(next.search)),
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  if (status !== 'blocked') return null;
  return (
    <ConfirmDialog
      title="Leave without saving?"
      confirm="Leave"
      isBusy={false}
      error={null}
      onConfirm={proceed}
      onClose={reset}
    >
      What you changed on this page is not saved yet.
    </ConfirmDialog>
  );
}

function tabOf(search: Search): string {
  return search.tab ?? '';
}
