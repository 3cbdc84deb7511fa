import { Text } from '@mantine/core';
import type { Column } from '../../parts/data-table.tsx';
import { permissionWords } from './action-words.ts';

export interface Permission {
  action: string;
  scope: string;
}

/** The columns of a list of actions and what they are on. */
export const PERMISSION_COLUMNS: Column<Permission>[] = [
  { title: 'Action', render: ({ action }) => <Code>{action}</Code> },
  { title: 'Scope', render: ({ scope }) => <Code>{scope}</Code> },
  {
    title: 'Lets people',
    from: 'sm',
    render: permissionWords,
  },
];

/** Tells a row from the others. */
export function keyOfPermission({ action, scope }: Permission): string {
  return `${action} ${scope}`;
}

function Code({ children }: { children: string }) {
  return (
    <Text span ff="monospace" fz="sm" style={{ overflowWrap: 'anywhere' }}>
      {children}
    </Text>
  );
}
