import { Group, MultiSelect, SegmentedControl, Select, Switch } from '@mantine/core';
import { api } from '../../lib/api.ts';
import { SearchBox } from '../../parts/search-box.tsx';
import { SORTS, type useContentsFilter } from './contents-filter.ts';

interface Props {
  filter: ReturnType<typeof useContentsFilter>;
  /** Whether it looks in one folder, and not everywhere. */
  isOfFolder: boolean;
}

const VIEWS = [
  { value: 'folders', label: 'By folder' },
  { value: 'list', label: 'As a list' },
];

/** What narrows a list of folders and dashboards down, and its order. */
export function ContentsToolbar({ filter, isOfFolder }: Props) {
  const { query, tags, isStarred, isList, sort, onSearch, onTags, onStarred, onList, onSort } = filter;
  const known = api.useQuery('get', '/api/dashboards/tags');
  const terms = known.data?.map(({ term }) => term) ?? [];
  const counts = new Map(known.data?.map(({ term, count }) => [term, count]));
  return (
    <Group gap="sm">
      <SearchBox
        label={isOfFolder ? 'Search this folder' : 'Search dashboards and folders'}
        value={query}
        onSearch={onSearch}
      />
      <MultiSelect
        aria-label="Filter by tag"
        placeholder={tags.length === 0 ? 'Filter by tag' : ''}
        data={[...new Set([...terms, ...tags])]}
        value={tags}
        onChange={onTags}
        renderOption={({ option }) => `${option.label} (${counts.get(option.value) ?? 0})`}
        nothingFoundMessage="No dashboard has such a tag"
        searchable
        clearable
        clearButtonProps={{ 'aria-label': 'Clear the tags' }}
        size="sm"
        w={{ base: '100%', xs: 240 }}
      />
      <Select
        aria-label="Sort"
        data={[...SORTS]}
        value={sort}
        onChange={(chosen) => chosen !== null && onSort(chosen)}
        w={{ base: '100%', xs: 170 }}
      />
      {!isOfFolder && (
        <SegmentedControl
          aria-label="View"
          data={VIEWS}
          value={isList ? 'list' : 'folders'}
          onChange={(view) => onList(view === 'list')}
        />
      )}
      <Switch
        label="Starred"
        checked={isStarred}
        onChange={(event) => onStarred(event.currentTarget.checked)}
      />
    </Group>
  );
}
