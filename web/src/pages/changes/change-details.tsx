import { Code, Drawer, Stack, Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Change } from '../../lib/change-words.ts';
import { useSession } from '../../lib/session.ts';
import { exactTime } from '../../lib/time.ts';
import { ChangeText } from '../../parts/change-text.tsx';
import { CopyTextButton } from '../../parts/copy-button.tsx';
import { ACTORS, CREDENTIALS, KINDS } from './kinds.ts';
import { WhatChanged } from './what-changed.tsx';

/** Everything that is recorded of a change, beside the list. */
export function ChangeDetails({ change, onClose }: { change: Change | undefined; onClose(): void }) {
  return (
    <Drawer
      opened={change !== undefined}
      onClose={onClose}
      title="Details of the change"
      closeButtonProps={{ 'aria-label': 'Close the details' }}
    >
      {change !== undefined && <Details change={change} />}
    </Drawer>
  );
}

function Details({ change }: { change: Change }) {
  const { user } = useSession();
  const { actor, credential, object, requestId } = change;
  const rows: [title: string, value: ReactNode][] = [
    ['When', exactTime(new Date(change.at), user.timezone)],
    ['Made by', `${ACTORS[actor.kind] ?? actor.kind} ${actor.name}${numbered(actor.id)}`],
    ['With', `${CREDENTIALS[credential.kind] ?? credential.kind}${numbered(credential.id)}`],
    ['From', change.address === '' ? 'this machine' : change.address],
    ['Action', <Code key="action">{change.action}</Code>],
    ['Of', `${KINDS[object.kind] ?? object.kind} ${object.name} (${object.id})`],
    ['Request', requestId === '' ? 'none' : <Request key="request" id={requestId} />],
  ];
  return (
    <Stack>
      <Text size="sm">
        <ChangeText change={change} />
      </Text>
      <Table withRowBorders={false} highlightOnHover={false} layout="fixed">
        <Table.Caption hidden>Who, when, from where</Table.Caption>
        <Table.Tbody>
          {rows.map(([title, value]) => (
            <Table.Tr key={title}>
              <Table.Th scope="row" fw={500} w={90} c="dimmed" style={{ verticalAlign: 'top' }}>
                {title}
              </Table.Th>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Title order={3}>What changed</Title>
      <WhatChanged change={change} />
    </Stack>
  );
}

function Request({ id }: { id: string }) {
  return (
    <Stack gap="xs" align="flex-start">
      <Code>{id}</Code>
      <Text size="xs" c="dimmed">
        The server's log has it too, as the request's id.
      </Text>
      <CopyTextButton text={id} label="Copy the id" />
    </Stack>
  );
}

// What has no number has 0.
function numbered(id: number): string {
  return id === 0 ? '' : ` (${id})`;
}
