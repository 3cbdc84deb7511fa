import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type Answer, api } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { useMay } from '../../lib/session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { SUBJECT_NAMES, SubjectLink } from '../../parts/subject-link.tsx';
import { AddHolder } from './add-holder.tsx';
import { RemoveHolder } from './remove-holder.tsx';
import type { Role } from './role-tags.tsx';

export type Holder = Answer<'/api/access-control/roles/{uid}/holders', 'get'>['holders'][number];

const PER_PAGE = 50;

/** Who has a role in this organization, with what it takes to give and to take it. */
export function Holders({ role }: { role: Role }) {
  const may = useMay();
  const { page, onPage } = useListAddress();
  const [isAdding, adding] = useDisclosure(false);
  const [leaving, setLeaving] = useState<Holder>();
  const holders = api.useQuery(
    'get',
    '/api/access-control/roles/{uid}/holders',
    { params: { path: { uid: role.uid }, query: { page, perpage: PER_PAGE } } },
    { placeholderData: (before) => before },
  );
  const add = may('users.roles:add') && <Button onClick={adding.open}>Give the role</Button>;
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          Whoever is listed here has the role in this organization, besides their basic role.
        </Text>
        {add}
      </Group>
      <DataTable
        label="those who have the role"
        columns={columnsOf(may('users.roles:remove') ? setLeaving : undefined)}
        rows={holders.data?.holders}
        keyOf={({ kind, id }) => `${kind} ${id}`}
        error={holders.error}
        onRetry={() => void holders.refetch()}
        empty={
          <EmptyState
            title="Nobody has this role"
            advice="Give it to users, service accounts, or a team, whose members then all have it."
          />
        }
        paging={{ page, perPage: PER_PAGE, total: holders.data?.totalCount ?? 0, onPage }}
      />
      {isAdding && <AddHolder role={role} onClose={adding.close} />}
      {leaving !== undefined && (
        <RemoveHolder role={role} holder={leaving} onClose={() => setLeaving(undefined)} />
      )}
    </Stack>
  );
}

function columnsOf(onRemove: ((holder: Holder) => void) | undefined): Column<Holder>[] {
  const columns: Column<Holder>[] = [
    { title: 'Who', render: (holder) => <SubjectLink subject={holder} /> },
    { title: 'Kind', render: ({ kind }) => SUBJECT_NAMES[kind] },
  ];
  if (onRemove === undefined) return columns;
  return [
    ...columns,
    {
      title: 'Take away',
      isTitleHidden: true,
      align: 'right',
      width: 60,
      render: (holder) => (
        <ActionIcon aria-label={`Take the role from ${holder.name}`} onClick={() => onRemove(holder)}>
          <Trash2 size={16} aria-hidden />
        </ActionIcon>
      ),
    },
  ];
}
