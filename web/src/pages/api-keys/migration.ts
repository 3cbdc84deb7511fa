import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { MovedKey } from '../../../../client/shapes.ts';
import { client } from '../../lib/api.ts';
import { queryClient } from '../../lib/query-client.ts';

/** The choices before all keys are moved. */
export interface HowToMove {
  includeExpired: boolean;
  groupByRole: boolean;
}

/** How far a migration of all keys is. */
export interface Progress {
  /** What became of each key that was looked at. */
  keys: MovedKey[];
  /** After which key to go on; undefined when none is left. */
  next: number | undefined;
}

const KEYS_PER_CALL = 100;
const NOT_BEGUN: Progress = { keys: [], next: 0 };

/**
 * Moves all keys in parts, and keeps what was done when a part fails: calling `start` again goes on from there. Leaving the page
 * stops it after the part that is under way.
 */
export function useMigration() {
  const [progress, setProgress] = useState(NOT_BEGUN);
  const [how, choose] = useState<HowToMove>({ includeExpired: false, groupByRole: false });
  const isWanted = useRef(false);
  useEffect(() => () => void (isWanted.current = false), []);
  const run = useMutation({
    mutationFn: async (from: Progress) => {
      let at = from;
      while (isWanted.current && at.next !== undefined) {
        at = await moveSome(how, at.keys, at.next);
        setProgress(at);
      }
      return at;
    },
    // Some parts may have moved.
    onError: () => void queryClient.invalidateQueries(),
  });
  return {
    progress,
    how,
    choose,
    isRunning: run.isPending,
    error: run.error,
    start(onDone: (end: Progress) => void): void {
      isWanted.current = true;
      run.mutate(progress.next === undefined ? NOT_BEGUN : progress, { onSuccess: onDone });
    },
    stop(): void {
      isWanted.current = false;
    },
  };
}

async function moveSome(how: HowToMove, before: MovedKey[], next: number): Promise<Progress> {
  const after = next === 0 ? {} : { after: next };
  const { data } = await client.POST('/api/serviceaccounts/migrate', {
    params: { query: { ...how, ...after, limit: KEYS_PER_CALL } },
  });
  return { keys: [...before, ...(data?.keys ?? [])], next: data?.next };
}
