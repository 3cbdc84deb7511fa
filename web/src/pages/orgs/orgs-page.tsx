import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type Answer, api } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { useMayOnServer, useSession } from '../../lib/session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { NewOrg } from '../../parts/new-org.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { RowButton } from '../../parts/row-button.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import { canBeDeleted, DeleteOrg } from './delete-org.tsx';

type Org = Answer<'/api/orgs/search', 'get'>['orgs'][number];

const PER_PAGE = 30;

/** The organizations of the server. */
export function OrgsPage() {
  const { settings } = useSession();
  const { page, query, onPage, onSearch } = useListAddress();
  const [isAdding, adding] = useDisclosure(false);
  const [deleting, setDeleting] = useState<Org>();
  const columns = useColumns(setDeleting);
  const navigate = useNavigate();
  const orgs = api.useQuery(
    'get',
    '/api/orgs/search',
    { params: { query: { page, perpage: PER_PAGE, query } } },
    { placeholderData: (before) => before },
  );
  const add = settings.latchkey.allowOrgCreate && <Button onClick={adding.open}>New organization</Button>;
  return (
    <PageFrame
      title="Organizations"
      about="Each has users, keys, service accounts, dashboards and data sources of its own."
      actions={add}
    >
      <Group>
        <SearchBox label="Search organizations" value={query} onSearch={onSearch} />
      </Group>
      <DataTable
        label="organizations"
        columns={columns}
        rows={orgs.data?.orgs}
        keyOf={({ id }) => id}
        error={orgs.error}
        onRetry={() => void orgs.refetch()}
        empty={<EmptyState title={`No organization is called like “${query}”`} action={add} />}
        paging={{ page, perPage: PER_PAGE, total: orgs.data?.totalCount ?? 0, onPage }}
      />
      {isAdding && (
        <NewOrg
          onCreated={(id) => void navigate({ to: '/admin/orgs/$id', params: { id: String(id) } })}
          onClose={adding.close}
        />
      )}
      {deleting !== undefined && <DeleteOrg org={deleting} onClose={() => setDeleting(undefined)} />}
    </PageFrame>
  );
}

function useColumns(onDelete: (org: Org) => void): Column<Org>[] {
  const mayOnServer = useMayOnServer();
  const { user } = useSession();
  const columns: Column<Org>[] = [
    {
      title: 'Name',
      render: ({ id, name }) => (
        <Group gap="sm">
          <TextLink to="/admin/orgs/$id" params={{ id: String(id) }}>
            {name}
          </TextLink>
          {id === user.orgId && <StateTag tone="accent">You are here</StateTag>}
        </Group>
      ),
    },
    { title: 'ID', render: ({ id }) => id, align: 'right', width: 90 },
    { title: 'Users', render: ({ users }) => users.toLocaleString('en'), align: 'right', width: 100 },
  ];
  if (mayOnServer('orgs:delete')) {
    columns.push({
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      width: 110,
      render: (org) =>
        canBeDeleted(org, user) && (
          <RowButton title="Delete" of={org.name} isDangerous onClick={() => onDelete(org)} />
        ),
    });
  }
  return columns;
}
