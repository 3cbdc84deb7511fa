import { Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { api } from '../../lib/api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { useContentsFilter } from './contents-filter.ts';
import { columnsOf } from './contents-columns.tsx';
import { ContentsToolbar } from './contents-toolbar.tsx';
import { SelectionBar, useMayChangeSome } from './selection-bar.tsx';
import type { Hit } from './things.ts';

interface Props {
  /** '' for what lies in none; a search there is a search everywhere. */
  folderUid: string;
  /** What to do where there is nothing. */
  empty: ReactNode;
}

const PER_PAGE = 50;

/** Folders and dashboards to go through, search, filter, and to move or delete several of. */
export function Contents({ folderUid, empty }: Props) {
  const filter = useContentsFilter();
  const { page, query, tags, isStarred, sort, isList, isNarrowed, onPage } = filter;
  const [selected, setSelected] = useState<ReadonlyMap<string, Hit>>(new Map());
  const isEverywhere = folderUid === '' && (isNarrowed || isList);
  const found = api.useQuery(
    'get',
    '/api/search/page',
    {
      params: {
        query: {
          query,
          tag: tags,
          ...(isStarred ? { starred: true } : {}),
          ...(isEverywhere ? {} : { folderUIDs: [folderUid === '' ? 'general' : folderUid] }),
          ...(isEverywhere && !isNarrowed ? { type: 'dash-db' as const } : {}),
          sort,
          page,
          perpage: PER_PAGE,
        },
      },
    },
    { placeholderData: (before) => before },
  );
  const hits = found.data?.hits;
  const mayChangeSome = useMayChangeSome();
  const columns = columnsOf({
    hits: hits ?? [],
    selection: mayChangeSome ? { selected, onSelect: setSelected } : undefined,
    withFolder: isEverywhere,
    onTag: (tag) => filter.onTags([...new Set([...tags, tag])]),
  });
  return (
    <Stack gap="md">
      <ContentsToolbar filter={filter} isOfFolder={folderUid !== ''} />
      {mayChangeSome && (
        <SelectionBar
          selected={[...selected.values()]}
          onSelect={(left) => setSelected((before) => new Map([...before].filter(([uid]) => left.has(uid))))}
        />
      )}
      <DataTable
        label="folders and dashboards"
        columns={columns}
        rows={hits}
        keyOf={({ uid }) => uid}
        error={found.error}
        onRetry={() => void found.refetch()}
        empty={isNarrowed ? <NothingFound {...filter} /> : empty}
        paging={{ page, perPage: PER_PAGE, total: found.data?.totalCount ?? 0, onPage }}
      />
    </Stack>
  );
}

function NothingFound({
  query,
  tags,
  isStarred,
}: Pick<ReturnType<typeof useContentsFilter>, 'query' | 'tags' | 'isStarred'>) {
  const conditions = [
    ...(query === '' ? [] : [`is called like “${query}”`]),
    ...(tags.length === 0
      ? []
      : [`has ${tags.length === 1 ? 'the tag' : 'all the tags'} ${tags.join(', ')}`]),
    ...(isStarred ? ['has your star'] : []),
  ];
  return (
    <EmptyState
      title={`Nothing here ${conditions.join(' and ')}`}
      advice="Look for less, or take a filter away. What you may not see is not found either."
    />
  );
}
