import { Anchor, Group, Menu, Stack as Column } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { api } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { type Column as TableColumn, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { RowMenu } from '../../parts/row-menu.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { AskDeed } from './ask-deed.tsx';
import { type Deed, DEEDS } from './stack-deeds.ts';
import { StackTags } from './stack-tags.tsx';
import { sizeText, type Stack } from './stack.ts';

const PER_PAGE = 30;

interface Asked {
  deed: Deed;
  stack: Stack;
}

/** A page of the stacks of the server: those that are there, or those that are deleted and kept. */
export function StackList({ isDeleted, empty }: { isDeleted: boolean; empty: ReactNode }) {
  const { page, query, onPage, onSearch } = useListAddress();
  const [asked, setAsked] = useState<Asked>();
  const stacks = api.useQuery(
    'get',
    '/api/admin/cloud/stacks',
    { params: { query: { page, perpage: PER_PAGE, query, deleted: isDeleted } } },
    { placeholderData: (before) => before },
  );
  return (
    <Column>
      <Group>
        <SearchBox label="Search stacks" value={query} onSearch={onSearch} />
      </Group>
      <DataTable
        label={isDeleted ? 'deleted stacks' : 'stacks'}
        columns={columnsFor(isDeleted, setAsked)}
        rows={stacks.data?.stacks}
        keyOf={({ id }) => id}
        error={stacks.error}
        onRetry={() => void stacks.refetch()}
        empty={
          query === '' ? (
            empty
          ) : (
            <EmptyState
              title={`No stack is called like “${query}”`}
              advice="Names, slugs and the slugs of organizations are searched."
            />
          )
        }
        paging={{ page, perPage: PER_PAGE, total: stacks.data?.totalCount ?? 0, onPage }}
      />
      {asked !== undefined && <AskDeed {...asked} onClose={() => setAsked(undefined)} />}
    </Column>
  );
}

function columnsFor(isDeleted: boolean, ask: (asked: Asked) => void): TableColumn<Stack>[] {
  const use: TableColumn<Stack>[] = [
    {
      title: 'Address',
      render: ({ url }) => (
        <Anchor inherit href={url}>
          {url}
        </Anchor>
      ),
      from: 'md',
    },
    { title: 'State', render: (stack) => <StackTags stack={stack} /> },
    { title: 'Last used', render: ({ lastUsedAt }) => <TimeText at={lastUsedAt} />, from: 'sm' },
    {
      title: 'Requests in 7 days',
      render: ({ requestsLastWeek }) => requestsLastWeek.toLocaleString('en'),
      align: 'right',
      from: 'lg',
    },
  ];
  const end: TableColumn<Stack>[] = [
    { title: 'Deleted', render: ({ deletedAt }) => <TimeText at={deletedAt} /> },
    { title: 'Removed for good', render: ({ removedAt }) => <TimeText at={removedAt} />, from: 'xs' },
  ];
  return [
    {
      title: 'Name',
      render: ({ id, name }) => (
        <TextLink to="/admin/stacks/$id" params={{ id: String(id) }}>
          {name}
        </TextLink>
      ),
    },
    { title: 'Slug', render: ({ slug }) => slug, from: 'sm' },
    { title: 'Organization', render: ({ orgSlug }) => orgSlug, from: 'lg' },
    { title: 'Region', render: ({ regionSlug }) => regionSlug, from: 'md' },
    ...(isDeleted ? end : use),
    { title: 'Size', render: sizeText, align: 'right', from: 'lg' },
    {
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      render: (stack) => (
        <RowMenu of={stack.slug}>
          {DEEDS.filter(({ isFor }) => isFor(stack)).map((deed) => (
            <Menu.Item key={deed.title} onClick={() => ask({ deed, stack })}>
              {deed.title}
            </Menu.Item>
          ))}
        </RowMenu>
      ),
    },
  ];
}
