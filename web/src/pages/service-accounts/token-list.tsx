import { Alert, Button, Group, Menu, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Ban, KeyRound, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Token } from '../../../../client/shapes.ts';
import { api } from '../../lib/api.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { RowMenu } from '../../parts/row-menu.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { NewToken } from './new-token.tsx';
import { type Account, DeleteToken, RevertToken, RevokeToken } from './token-dialogs.tsx';

const DIALOGS = { revoke: RevokeToken, delete: DeleteToken, revert: RevertToken };
const SOON_S = 7 * 86_400;

interface Chosen {
  token: Token;
  dialog: keyof typeof DIALOGS;
}

interface Props {
  account: Account & { isDisabled: boolean };
  may(action: string): boolean;
}

/** The tokens of a service account. */
export function TokenList({ account, may }: Props) {
  const [isAdding, adding] = useDisclosure(false);
  const [chosen, setChosen] = useState<Chosen>();
  const tokens = api.useQuery('get', '/api/serviceaccounts/{id}/tokens', {
    params: { path: { id: account.id } },
  });
  const add = may('serviceaccounts:write') && (
    <Button onClick={adding.open}>Add service account token</Button>
  );
  const Dialog = chosen && DIALOGS[chosen.dialog];
  return (
    <Stack>
      {account.isDisabled && (
        <Alert color="yellow" variant="light" title="The account is disabled: all its tokens are refused" />
      )}
      <Group justify="flex-end">{add}</Group>
      <DataTable
        label={`tokens of ${account.name}`}
        columns={columnsFor(may, setChosen)}
        rows={tokens.data}
        keyOf={({ id }) => id}
        error={tokens.error}
        onRetry={() => void tokens.refetch()}
        empty={
          <EmptyState
            title="No tokens yet"
            advice="Whatever is to act as this account needs a token: one for each place that keeps it."
            action={add}
          />
        }
      />
      {isAdding && <NewToken account={account} onClose={adding.close} />}
      {chosen && Dialog && (
        <Dialog account={account} token={chosen.token} onClose={() => setChosen(undefined)} />
      )}
    </Stack>
  );
}

function columnsFor(may: (action: string) => boolean, choose: (chosen: Chosen) => void): Column<Token>[] {
  return [
    {
      title: 'Name',
      render: ({ name, migratedFrom }) => (
        <>
          {name}
          {migratedFrom !== null && (
            <Text size="xs" c="dimmed">
              Was the API key {migratedFrom.apiKeyId}, migrated <TimeText at={migratedFrom.at} />
            </Text>
          )}
        </>
      ),
    },
    { title: 'State', render: stateOf },
    { title: 'Expires', render: ({ expiration }) => <TimeText at={expiration} /> },
    {
      title: 'Created',
      render: ({ created, createdBy }) => (
        <>
          <TimeText at={created} />
          {createdBy !== null && ` by ${createdBy}`}
        </>
      ),
      from: 'md',
    },
    { title: 'Last used', render: ({ lastUsedAt }) => <TimeText at={lastUsedAt} />, from: 'sm' },
    {
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      render: (token) => <Actions token={token} may={may} onChoice={choose} />,
    },
  ];
}

function stateOf({ isRevoked, hasExpired, expiration, secondsUntilExpiration }: Token) {
  if (isRevoked) return <StateTag tone="bad">Revoked</StateTag>;
  if (hasExpired) return <StateTag tone="bad">Expired</StateTag>;
  if (expiration === null) return <StateTag tone="warning">No expiry</StateTag>;
  if (secondsUntilExpiration < SOON_S) return <StateTag tone="warning">Expires soon</StateTag>;
  return <StateTag tone="good">Valid</StateTag>;
}

interface ActionsProps {
  token: Token;
  may(action: string): boolean;
  onChoice(chosen: Chosen): void;
}

function Actions({ token, may, onChoice }: ActionsProps) {
  if (!may('serviceaccounts:write')) return null;
  return (
    <RowMenu of={token.name}>
      {!token.isRevoked && (
        <Menu.Item
          leftSection={<Ban size={14} aria-hidden />}
          onClick={() => onChoice({ token, dialog: 'revoke' })}
        >
          Revoke
        </Menu.Item>
      )}
      <Menu.Item
        leftSection={<Trash2 size={14} aria-hidden />}
        onClick={() => onChoice({ token, dialog: 'delete' })}
      >
        Delete
      </Menu.Item>
      {token.migratedFrom !== null && may('serviceaccounts:delete') && (
        <Menu.Item
          leftSection={<KeyRound size={14} aria-hidden />}
          onClick={() => onChoice({ token, dialog: 'revert' })}
        >
          Make it an API key again
        </Menu.Item>
      )}
    </RowMenu>
  );
}
