import { Drawer, List, Stack, Text, Title } from '@mantine/core';
import type { InventoriedKey } from '../../../../client/shapes.ts';
import { useFocusBack } from '../../lib/focus-back.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { TimeText } from '../../parts/time-text.tsx';

type Caller = InventoriedKey['callers'][number];

const COLUMNS: Column<Caller>[] = [
  { title: 'Program', render: ({ userAgent }) => userAgent || 'Does not say' },
  { title: 'Address', render: ({ address }) => address },
  { title: 'Reads', render: ({ reads }) => reads.toLocaleString('en'), align: 'right' },
  { title: 'Writes', render: ({ writes }) => writes.toLocaleString('en'), align: 'right' },
  { title: 'First seen', render: ({ firstSeenAt }) => <TimeText at={firstSeenAt} />, from: 'sm' },
  { title: 'Last seen', render: ({ lastSeenAt }) => <TimeText at={lastSeenAt} /> },
];

/** Who uses a key, and what to do about it: what one needs to know before it moves or goes. */
export function KeyUses({ apiKey, onClose }: { apiKey: InventoriedKey; onClose(): void }) {
  useFocusBack();
  const { name, role, created, createdBy, expiration, lastUsedAt, callers, advice } = apiKey;
  return (
    <Drawer opened onClose={onClose} title={`API key ${name}`}>
      <Stack>
        <Text size="sm" c="dimmed">
          {role}, created <TimeText at={created} />
          {createdBy !== null && ` by ${createdBy}`}. Last used: <TimeText at={lastUsedAt} never="never" />.
          Expires: <TimeText at={expiration} never="never" />.
        </Text>
        <Title order={3}>What to do</Title>
        {advice.length === 0 ? (
          <Text size="sm">Nothing stands out.</Text>
        ) : (
          <List size="sm">
            {advice.map(({ code, text }) => (
              <List.Item key={code}>{text}</List.Item>
            ))}
          </List>
        )}
        <Title order={3}>Who uses it</Title>
        <DataTable
          label={`programs that use ${name}`}
          columns={COLUMNS}
          rows={callers}
          keyOf={({ address, userAgent }) => `${address} ${userAgent}`}
          empty={
            <EmptyState
              title="Nobody has been seen using it"
              advice="Programs are noted as long as it is an API key, the latest twenty of them."
            />
          }
        />
      </Stack>
    </Drawer>
  );
}
