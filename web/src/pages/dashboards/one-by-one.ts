import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { isSessionOver } from '../../lib/problem.ts';

export interface Refused<Item> {
  item: Item;
  error: unknown;
}

interface Work<Item> {
  items: readonly Item[];
  act(item: Item): Promise<void>;
}

/** Does the same to many things, one after the other, and tells which of them were refused; the others are done all the same. */
export function useOneByOne<Item>({ leavesPage = false } = {}) {
  const [done, setDone] = useState(0);
  const run = useMutation({
    meta: { leavesPage },
    mutationFn: async ({ items, act }: Work<Item>) => {
      const refused: Refused<Item>[] = [];
      for (const [at, item] of items.entries()) {
        setDone(at);
        await act(item).catch((error: unknown) => {
          if (isSessionOver(error)) throw error;
          refused.push({ item, error });
        });
      }
      return refused;
    },
  });
  return { run, done };
}
