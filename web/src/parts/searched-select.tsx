import { Select, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { problemOf } from '../lib/problem.ts';

export interface Choice {
  value: string;
  label: string;
  /** What tells two of one name apart. */
  about?: string | undefined;
}

interface Props {
  label: string;
  description?: ReactNode;
  /** What stands there while nothing is chosen. */
  placeholder?: string;
  required?: boolean;
  /** What is searched, for what is remembered of earlier searches. */
  what: string;
  /** One page of what has the text in its name. Pages count from 1. */
  find(query: string, page: number): Promise<{ choices: Choice[]; hasMore: boolean }>;
  value: Choice | undefined;
  onChange(choice: Choice | undefined): void;
  error?: ReactNode;
}

const PAUSE_MS = 200;

/** A choice of one thing among many, searched on the server page by page. */
export function SearchedSelect({ what, find, value, onChange, error, ...rest }: Props) {
  const [text, setText] = useState(value?.label ?? '');
  const [query] = useDebouncedValue(text === value?.label ? '' : text.trim(), PAUSE_MS);
  const search = useInfiniteQuery({
    queryKey: ['searched', what, query],
    queryFn: ({ pageParam }) => find(query, pageParam),
    initialPageParam: 1,
    getNextPageParam: ({ hasMore }, pages) => (hasMore ? pages.length + 1 : undefined),
    placeholderData: keepPreviousData,
  });
  const found = search.data?.pages.flatMap(({ choices }) => choices) ?? [];
  const isListed = value === undefined || found.some((choice) => choice.value === value.value);
  const offered = isListed ? found : [value, ...found];
  const loadMore = (): void => {
    if (search.hasNextPage && !search.isFetchingNextPage) void search.fetchNextPage();
  };
  return (
    <Select
      searchable
      clearable
      // By keyboard and for screen readers too, from which it is hidden otherwise.
      clearButtonProps={{
        'aria-label': `Clear ${rest.label.toLowerCase()}`,
        'aria-hidden': false,
        tabIndex: 0,
      }}
      data={offered.map((choice) => ({ value: choice.value, label: choice.label }))}
      filter={({ options }) => options}
      value={value?.value ?? null}
      onChange={(chosen) => onChange(offered.find((choice) => choice.value === chosen))}
      searchValue={text}
      onSearchChange={setText}
      renderOption={({ option }) => (
        <div>
          <Text size="sm">{option.label}</Text>
          <Text size="xs" c="dimmed">
            {offered.find((choice) => choice.value === option.value)?.about}
          </Text>
        </div>
      )}
      nothingFoundMessage={search.isPending ? 'Searching …' : `Nothing is called like “${query}”`}
      scrollAreaProps={{ type: 'auto', onBottomReached: loadMore }}
      error={search.error === null ? error : problemOf(search.error).title}
      {...rest}
    />
  );
}
