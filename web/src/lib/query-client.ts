import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiFailure } from '../../../client/failures.ts';
import { isSessionOver } from './problem.ts';

const STALE_AFTER_MS = 10_000;

function soonAgain(error: unknown): number | undefined {
  return error instanceof ApiFailure ? error.soonAgainMs : undefined;
}

/** Whether to ask again what was only too much at once. */
export function waitsOutLimit(count: number, error: unknown): boolean {
  return count < 2 && soonAgain(error) !== undefined;
}

type Listener = () => void;
let onSessionOver: Listener = () => undefined;

/** Says what to do when an answer tells that nobody is signed in any more. */
export function whenSessionIsOver(listener: Listener): void {
  onSessionOver = listener;
}

function noticeEnd(error: Error): void {
  if (isSessionOver(error)) onSessionOver();
}

declare module '@tanstack/react-query' {
  interface Register {
    /** For what ends with another page, as a deletion does: what is on this one is not there any more to be asked for. */
    mutationMeta: { leavesPage?: boolean };
  }
}

/** What was asked of the server and is still known. After a change, everything that is on the screen is asked for again. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEnd }),
  mutationCache: new MutationCache({
    onError: noticeEnd,
    onSuccess: (_data, _variables, _result, { meta }) => {
      const refetchType = meta?.leavesPage === true ? 'none' : 'active';
      void queryClient.invalidateQueries({ refetchType });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: STALE_AFTER_MS,
      // The server said no, and will again, unless that was only too much at once.
      retry: (count, error) =>
        waitsOutLimit(count, error) || (count < 2 && !(error instanceof ApiFailure && error.status < 500)),
      // All that were too many come back together, and some are so again: those wait for longer.
      retryDelay: (count, error) => (soonAgain(error) ?? 1000) * 2 ** count,
    },
    // What was sent and answered may be a password or a new key: it goes with the part of the page that sent it.
    mutations: { gcTime: 0 },
  },
});
