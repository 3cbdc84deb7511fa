import { ActionIcon, Stack } from '@mantine/core';
import { Trash2 } from 'lucide-react';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { AddRow } from './add-row.tsx';
import { keyOfPermission, type Permission, PERMISSION_COLUMNS } from './permission-columns.tsx';

interface Props {
  permissions: Permission[];
  /** Undefined where the person may not change them. */
  onChange: ((permissions: Permission[]) => void) | undefined;
}

/** What a role gives: actions and what they are on; with fields for more where one may change them. */
export function PermissionRows({ permissions, onChange }: Props) {
  const rows = permissions.toSorted((a, b) => (keyOfPermission(a) < keyOfPermission(b) ? -1 : 1));
  const isThere = (one: Permission): boolean =>
    permissions.some((other) => keyOfPermission(other) === keyOfPermission(one));
  const remove = {
    title: 'Take out',
    isTitleHidden: true,
    width: 60,
    align: 'right' as const,
    render: (row: Permission) => (
      <ActionIcon
        aria-label={`Take ${keyOfPermission(row).trim()} out`}
        onClick={() => onChange?.(permissions.filter((one) => one !== row))}
      >
        <Trash2 size={16} aria-hidden />
      </ActionIcon>
    ),
  };
  return (
    <Stack>
      {onChange !== undefined && (
        <AddRow isThere={isThere} onAdd={(added) => onChange([...permissions, added])} />
      )}
      <DataTable
        label="permissions of the role"
        columns={onChange === undefined ? PERMISSION_COLUMNS : [...PERMISSION_COLUMNS, remove]}
        rows={rows}
        keyOf={keyOfPermission}
        empty={
          <EmptyState
            title="It gives nothing yet"
            advice={onChange && 'Add an action above, and what it is on, and save the role.'}
          />
        }
      />
    </Stack>
  );
}
