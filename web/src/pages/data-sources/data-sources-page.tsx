import { Group } from '@mantine/core';
import { type Answer, api } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { useMay } from '../../lib/session.ts';
import { ButtonLink } from '../../parts/button-link.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { TextLink } from '../../parts/text-link.tsx';

type Source = Answer<'/api/datasources', 'get'>[number];

const PER_PAGE = 50;

const COLUMNS: Column<Source>[] = [
  {
    title: 'Name',
    render: ({ uid, name, isDefault, readOnly }) => (
      <Group gap="sm">
        <TextLink to="/datasources/edit/$uid" params={{ uid }}>
          {name}
        </TextLink>
        {isDefault && <StateTag tone="accent">Default</StateTag>}
        {readOnly && <StateTag tone="quiet">Read only</StateTag>}
      </Group>
    ),
  },
  { title: 'Type', render: ({ typeName }) => typeName },
  { title: 'URL', render: ({ url }) => url, from: 'sm' },
];

/** The data sources of the organization that the person may read. */
export function DataSourcesPage() {
  const may = useMay();
  const { page, query, onPage, onSearch } = useListAddress();
  // The API searches none and counts none: as in Grafana, all of them come at once.
  const sources = api.useQuery('get', '/api/datasources');
  const found = sources.data?.filter((source) => isLike(source, query));
  const add = may('datasources:create') && <ButtonLink to="/datasources/new">Add data source</ButtonLink>;
  return (
    <PageFrame
      title="Data sources"
      about="Where dashboards get their figures from. Latchkey keeps what it takes to reach them, and guards it."
      actions={add}
    >
      <Group>
        <SearchBox label="Search data sources" value={query} onSearch={onSearch} />
      </Group>
      <DataTable
        label="data sources"
        columns={COLUMNS}
        rows={found?.slice((page - 1) * PER_PAGE, page * PER_PAGE)}
        keyOf={({ uid }) => uid}
        error={sources.error}
        onRetry={() => void sources.refetch()}
        empty={
          query === '' ? (
            <EmptyState
              title="No data sources yet"
              advice="Add the first one here, by Terraform, or with POST /api/datasources."
              action={add}
            />
          ) : (
            <EmptyState title={`No data source has “${query}” in its name, type or address`} />
          )
        }
        paging={{ page, perPage: PER_PAGE, total: found?.length ?? 0, onPage }}
      />
    </PageFrame>
  );
}

function isLike({ name, type, typeName, url }: Source, query: string): boolean {
  const text = query.trim().toLowerCase();
  return [name, type, typeName, url].some((part) => part.toLowerCase().includes(text));
}
