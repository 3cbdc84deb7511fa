import { Select, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { problemOf } from '../lib/problem.ts';
import { findSubjects, type Subject, type SubjectKind } from '../lib/subjects.ts';

interface Props {
  kind: SubjectKind;
  label?: string;
  /** Undefined while nobody is chosen. */
  value: Subject | undefined;
  onChange(subject: Subject | undefined): void;
  /** What is wrong with the choice. */
  error?: ReactNode;
}

const PAUSE_MS = 200;
const LABELS: Record<SubjectKind, string> = {
  user: 'User',
  'service-account': 'Service account',
  team: 'Team',
};

/** A choice of one user, service account or team of the organization, searched on the server page by page. */
export function SubjectPicker({ kind, label = LABELS[kind], value, onChange, error }: Props) {
  const [text, setText] = useState(value?.name ?? '');
  const [query] = useDebouncedValue(text === value?.name ? '' : text.trim(), PAUSE_MS);
  const search = useInfiniteQuery({
    queryKey: ['subjects', kind, query],
    queryFn: ({ pageParam }) => findSubjects(kind, query, pageParam),
    initialPageParam: 1,
    getNextPageParam: ({ hasMore }, pages) => (hasMore ? pages.length + 1 : undefined),
    placeholderData: keepPreviousData,
  });
  const found = search.data?.pages.flatMap(({ subjects }) => subjects) ?? [];
  const offered = value === undefined || found.some(({ id }) => id === value.id) ? found : [value, ...found];
  const byId = new Map(offered.map((subject) => [String(subject.id), subject]));
  const loadMore = (): void => {
    if (search.hasNextPage && !search.isFetchingNextPage) void search.fetchNextPage();
  };
  return (
    <Select
      label={label}
      placeholder="Type a part of the name"
      required
      searchable
      clearable
      data={offered.map(({ id, name }) => ({ value: String(id), label: name }))}
      filter={({ options }) => options}
      value={value === undefined ? null : String(value.id)}
      onChange={(id) => onChange(id === null ? undefined : byId.get(id))}
      searchValue={text}
      onSearchChange={setText}
      renderOption={({ option }) => (
        <div>
          <Text size="sm">{option.label}</Text>
          <Text size="xs" c="dimmed">
            {byId.get(option.value)?.about}
          </Text>
        </div>
      )}
      nothingFoundMessage={search.isPending ? 'Searching …' : `Nobody here is called like “${query}”`}
      scrollAreaProps={{ type: 'auto', onBottomReached: loadMore }}
      error={search.error === null ? error : problemOf(search.error).title}
    />
  );
}
