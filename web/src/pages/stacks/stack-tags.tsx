import { Group } from '@mantine/core';
import { StateTag } from '../../parts/state-tag.tsx';
import type { Stack } from './stack.ts';

/** What a stack is at the moment. */
export function StackTags({ stack: { status, deleteProtection } }: { stack: Stack }) {
  return (
    <Group gap="xs">
      {status === 'active' && <StateTag tone="good">Active</StateTag>}
      {status === 'paused' && <StateTag tone="warning">Suspended</StateTag>}
      {status === 'deleted' && <StateTag tone="bad">Deleted</StateTag>}
      {deleteProtection && <StateTag tone="quiet">Protected</StateTag>}
    </Group>
  );
}
