import { Alert, List } from '@mantine/core';
import { problemOf } from '../../lib/problem.ts';
import type { Refused } from './one-by-one.ts';
import { nameOf, type Thing } from './things.ts';

/** What was not done, and why. */
export function RefusedList({ refused }: { refused: readonly Refused<Thing>[] }) {
  if (refused.length === 0) return null;
  return (
    <Alert color="red" variant="light" role="alert" title={titleOf(refused.length)}>
      <List size="sm" spacing="xs">
        {refused.map(({ item, error }) => {
          const { title, detail } = problemOf(error);
          return (
            <List.Item key={item.uid}>
              The {nameOf(item)}: {title}
              {detail !== undefined && ` (${detail})`}
            </List.Item>
          );
        })}
      </List>
    </Alert>
  );
}

function titleOf(count: number): string {
  return count === 1 ? 'One was refused' : `${count} were refused`;
}
