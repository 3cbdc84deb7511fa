import { Anchor, Button, Group, Menu, Switch, Text } from '@mantine/core';
import { Ban, Bot, Trash2, Users } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { InventoriedKey } from '../../../../client/shapes.ts';
import { api } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { useMay } from '../../lib/session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { RowMenu } from '../../parts/row-menu.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { counted } from './counted.ts';
import { DeleteKey, MigrateKey, RevokeKey } from './key-dialogs.tsx';
import { KeyUses } from './key-uses.tsx';
import { NoKeys } from './no-keys.tsx';

const PER_PAGE = 30;
const ADVISED = {
  expired: { tone: 'bad', tag: 'Expired' },
  revoked: { tone: 'bad', tag: 'Revoked' },
  unused: { tone: 'warning', tag: 'Unused' },
  'never-expires': { tone: 'warning', tag: 'No expiry' },
  'only-reads': { tone: 'quiet', tag: 'Only reads' },
} as const;

const DIALOGS = { uses: KeyUses, migrate: MigrateKey, revoke: RevokeKey, delete: DeleteKey };

interface Chosen {
  apiKey: InventoriedKey;
  dialog: keyof typeof DIALOGS;
}

/** The API keys of the organization, with who uses them and what can be done. */
export function KeyList({ add }: { add: ReactNode }) {
  const may = useMay();
  const { page, search, onPage, onChange } = useListAddress();
  const [chosen, setChosen] = useState<Chosen>();
  const includeExpired = search.filter === 'expired';
  const found = api.useQuery(
    'get',
    '/api/auth/keys/search',
    { params: { query: { page, perpage: PER_PAGE, includeExpired } } },
    { placeholderData: (before) => before },
  );
  const expired = found.data?.expiredCount ?? 0;
  const Dialog = chosen && DIALOGS[chosen.dialog];
  return (
    <>
      <Group>
        <Switch
          label={
            expired === 0 ? 'Include expired keys' : `Include expired keys (${expired.toLocaleString('en')})`
          }
          checked={includeExpired}
          onChange={(event) => onChange({ filter: event.currentTarget.checked ? 'expired' : '' })}
        />
      </Group>
      <DataTable
        label="API keys"
        columns={columnsFor(may, setChosen)}
        rows={found.data?.keys}
        keyOf={({ id }) => id}
        error={found.error}
        onRetry={() => void found.refetch()}
        empty={<NoKeys expired={expired} add={add} />}
        paging={{ page, perPage: PER_PAGE, total: found.data?.totalCount ?? 0, onPage }}
      />
      {chosen && Dialog && <Dialog apiKey={chosen.apiKey} onClose={() => setChosen(undefined)} />}
    </>
  );
}

function columnsFor(
  may: (action: string) => boolean,
  choose: (chosen: Chosen) => void,
): Column<InventoriedKey>[] {
  const mayDelete = may('apikeys:delete');
  const mayMigrate = mayDelete && may('serviceaccounts:create');
  return [
    { title: 'Name', render: nameOf },
    { title: 'Role', render: ({ role }) => role, from: 'xs' },
    { title: 'Expires', render: ({ expiration }) => <TimeText at={expiration} />, from: 'xs' },
    { title: 'Last used', render: ({ lastUsedAt }) => <TimeText at={lastUsedAt} />, from: 'sm' },
    {
      title: 'Used by',
      render: (apiKey) => (
        <Anchor component="button" inherit ta="left" onClick={() => choose({ apiKey, dialog: 'uses' })}>
          {apiKey.callers.length === 0 ? 'Nobody seen' : counted(apiKey.callers.length, 'program')}
        </Anchor>
      ),
    },
    {
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      render: (apiKey) => (
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          {mayMigrate && !apiKey.isRevoked && (
            <Button
              variant="default"
              size="compact-xs"
              visibleFrom="sm"
              aria-label={`Migrate to service account: ${apiKey.name}`}
              onClick={() => choose({ apiKey, dialog: 'migrate' })}
            >
              Migrate to service account
            </Button>
          )}
          <RowMenu of={apiKey.name}>
            {mayMigrate && !apiKey.isRevoked && (
              <Menu.Item
                leftSection={<Bot size={14} aria-hidden />}
                onClick={() => choose({ apiKey, dialog: 'migrate' })}
              >
                Migrate to service account
              </Menu.Item>
            )}
            <Menu.Item
              leftSection={<Users size={14} aria-hidden />}
              onClick={() => choose({ apiKey, dialog: 'uses' })}
            >
              Who uses it
            </Menu.Item>
            {mayDelete && !apiKey.isRevoked && (
              <Menu.Item
                leftSection={<Ban size={14} aria-hidden />}
                onClick={() => choose({ apiKey, dialog: 'revoke' })}
              >
                Revoke
              </Menu.Item>
            )}
            {mayDelete && (
              <Menu.Item
                leftSection={<Trash2 size={14} aria-hidden />}
                onClick={() => choose({ apiKey, dialog: 'delete' })}
              >
                Delete
              </Menu.Item>
            )}
          </RowMenu>
        </Group>
      ),
    },
  ];
}

function nameOf({ name, advice, isGrafanaAdmin }: InventoriedKey): ReactNode {
  return (
    <Group gap="xs" miw="7rem">
      <Text span inherit style={{ overflowWrap: 'anywhere' }}>
        {name}
      </Text>
      {isGrafanaAdmin && <StateTag tone="accent">Server administrator</StateTag>}
      {advice.map(({ code }) => (
        <StateTag key={code} tone={ADVISED[code].tone}>
          {ADVISED[code].tag}
        </StateTag>
      ))}
    </Group>
  );
}
