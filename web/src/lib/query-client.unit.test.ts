import { MutationObserver } from '@tanstack/react-query';
import { afterEach, expect, test, vi } from 'vitest';
import { ApiFailure } from '../../../client/failures.ts';
import { queryClient } from './query-client.ts';

test('nothing is kept of what was sent and answered once the part of the page that sent it is gone', async () => {
  const observer = new MutationObserver(queryClient, {
    mutationFn: (sent: { password: string }) => Promise.resolve({ key: `a key for ${sent.password}` }),
  });
  const leave = observer.subscribe(() => undefined);
  await observer.mutate({ password: 'in clear' });
  const isGone = new Promise<void>((gone) => {
    queryClient.getMutationCache().subscribe(({ type }) => type === 'removed' && gone());
  });
  expect(queryClient.getMutationCache().getAll()).toHaveLength(1);
  leave();
  await isGone;
  expect(queryClient.getMutationCache().getAll()).toEqual([]);
});

afterEach(() => vi.useRealTimers());

function refusal(status: number, retryAfter: string | null): ApiFailure {
  return new ApiFailure({ status, statusText: '', url: '', location: null, retryAfter, body: {} });
}

/** How often something is asked for within a minute that is answered in the same way each time. */
async function timesAsked(refused: ApiFailure): Promise<number> {
  vi.useFakeTimers();
  let asked = 0;
  const asking = queryClient.fetchQuery({
    queryKey: [refused],
    queryFn: () => {
      asked++;
      throw refused;
    },
  });
  await Promise.all([expect(asking).rejects.toBe(refused), vi.advanceTimersByTimeAsync(60_000)]);
  return asked;
}

test('what was too much at once is asked for again when it may come, and what is refused for long or for good is not', async () => {
  expect(await timesAsked(refusal(429, '1'))).toBe(3);
  expect(await timesAsked(refusal(429, '5'))).toBe(3);
  expect(await timesAsked(refusal(429, '6'))).toBe(1);
  expect(await timesAsked(refusal(429, null))).toBe(1);
  expect(await timesAsked(refusal(403, '1'))).toBe(1);
});

test('what was too much at once is not asked for again before it may come', async () => {
  vi.useFakeTimers();
  let asked = 0;
  const asking = queryClient.fetchQuery({
    queryKey: ['soon'],
    queryFn: () => {
      asked++;
      if (asked === 1) throw refusal(429, '4');
      return 'an answer';
    },
  });
  await vi.advanceTimersByTimeAsync(3999);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(100);
  expect(await asking).toBe('an answer');
});
