import { Menu, Text } from '@mantine/core';
import { CirclePause, CirclePlay, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { ServiceAccount } from '../../../../client/shapes.ts';
import { api } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { RowMenu } from '../../parts/row-menu.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { DeleteAccount, EnableAccount } from './account-dialogs.tsx';
import { AccountTags } from './account-tags.tsx';

const PER_PAGE = 30;
const DIALOGS = { enable: EnableAccount, delete: DeleteAccount };

interface Chosen {
  account: ServiceAccount;
  dialog: keyof typeof DIALOGS;
}

/** A page of the service accounts that the address asks for. */
export function AccountList({ add }: { add: ReactNode }) {
  const { page, query, search, onPage } = useListAddress();
  const [chosen, setChosen] = useState<Chosen>();
  const accounts = api.useQuery(
    'get',
    '/api/serviceaccounts/search',
    {
      params: {
        query: { page, perpage: PER_PAGE, query, accesscontrol: true, ...filterOf(search.filter) },
      },
    },
    { placeholderData: (before) => before },
  );
  const isFiltered = query !== '' || search.filter !== undefined;
  const Dialog = chosen && DIALOGS[chosen.dialog];
  return (
    <>
      <DataTable
        label="service accounts"
        columns={columnsFor(setChosen)}
        rows={accounts.data?.serviceAccounts}
        keyOf={({ id }) => id}
        error={accounts.error}
        onRetry={() => void accounts.refetch()}
        empty={
          isFiltered ? (
            <EmptyState
              title="No service account is like that"
              advice="Change the search, or show all of them."
            />
          ) : (
            <EmptyState
              title="No service accounts yet"
              advice="Make one for each program, with the smallest role that does, and give it a token."
              action={add}
            />
          )
        }
        paging={{ page, perPage: PER_PAGE, total: accounts.data?.totalCount ?? 0, onPage }}
      />
      {chosen && Dialog && (
        <Dialog
          account={chosen.account}
          onDone={() => setChosen(undefined)}
          onClose={() => setChosen(undefined)}
        />
      )}
    </>
  );
}

function filterOf(filter: string | undefined): { disabled?: true; expiredTokens?: true } {
  if (filter === 'disabled') return { disabled: true };
  return filter === 'expired' ? { expiredTokens: true } : {};
}

function columnsFor(choose: (chosen: Chosen) => void): Column<ServiceAccount>[] {
  return [
    {
      title: 'Name',
      render: ({ id, name }) => (
        <TextLink to="/org/serviceaccounts/$id" params={{ id: String(id) }}>
          {name}
        </TextLink>
      ),
    },
    {
      title: 'Login and ID',
      render: ({ id, login }) => (
        <Text span inherit c="dimmed">
          {login}, {id}
        </Text>
      ),
      from: 'md',
    },
    { title: 'Role', render: ({ role }) => role },
    { title: 'Tokens', render: ({ tokens }) => tokens, align: 'right', from: 'xs' },
    { title: 'Last used', render: ({ lastUsedAt }) => <TimeText at={lastUsedAt} />, from: 'sm' },
    { title: 'State', render: (account) => <AccountTags account={account} /> },
    {
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      render: (account) => <Actions account={account} onChoice={choose} />,
    },
  ];
}

function Actions({ account, onChoice }: { account: ServiceAccount; onChoice(chosen: Chosen): void }) {
  const { name, isDisabled, accessControl = {} } = account;
  const mayChange = accessControl['serviceaccounts:write'] === true;
  const mayDelete = accessControl['serviceaccounts:delete'] === true;
  if (!mayChange && !mayDelete) return null;
  return (
    <RowMenu of={name}>
      {mayChange && (
        <Menu.Item
          leftSection={
            isDisabled ? <CirclePlay size={14} aria-hidden /> : <CirclePause size={14} aria-hidden />
          }
          onClick={() => onChoice({ account, dialog: 'enable' })}
        >
          {isDisabled ? 'Enable' : 'Disable'}
        </Menu.Item>
      )}
      {mayDelete && (
        <Menu.Item
          leftSection={<Trash2 size={14} aria-hidden />}
          onClick={() => onChoice({ account, dialog: 'delete' })}
        >
          Delete
        </Menu.Item>
      )}
    </RowMenu>
  );
}
