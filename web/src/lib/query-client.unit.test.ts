import { MutationObserver } from '@tanstack/react-query';
import { expect, test } from 'vitest';
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
