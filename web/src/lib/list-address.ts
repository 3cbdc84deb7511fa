import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Search } from './search.ts';

/** What the address of a list says, and how to change it: a new search or filter begins at the first page. */
export function useListAddress() {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (next: Search): void =>
    void navigate({
      to: '.',
      search: (before: Search) => withoutEmpty({ ...before, ...next }),
      replace: true,
    });
  return {
    page: search.page ?? 1,
    query: search.query ?? '',
    search,
    onPage: (page: number) => change({ page }),
    onSearch: (query: string) => change({ query, page: 1 }),
    /** For a filter, a tag, a tab. */
    onChange: (next: Search) => change({ page: 1, ...next }),
  };
}

function withoutEmpty(search: Search): Search {
  const kept = Object.entries(search).filter(
    ([name, value]) => value !== '' && value !== undefined && !(name === 'page' && value === 1),
  );
  return Object.fromEntries(kept);
}
