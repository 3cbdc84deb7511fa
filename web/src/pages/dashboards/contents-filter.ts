import { useListAddress } from '../../lib/list-address.ts';

export const SORTS = [
  { value: 'folders-first', label: 'Folders first' },
  { value: 'alpha-asc', label: 'By name, A to Z' },
  { value: 'alpha-desc', label: 'By name, Z to A' },
  { value: 'updated-desc', label: 'Changed last' },
] as const;

export type Sort = (typeof SORTS)[number]['value'];

const STARRED = 'starred';
const AS_LIST = 'list';

/** What of a folder's content is looked for, as the address says it. */
export function useContentsFilter() {
  const { page, query, search, onPage, onSearch, onChange } = useListAddress();
  const tags = tagsIn(search.tag ?? '');
  const isStarred = search.filter === STARRED;
  return {
    page,
    query,
    tags,
    isStarred,
    sort: SORTS.find(({ value }) => value === search.sort)?.value ?? SORTS[0].value,
    /** Whether folders do not matter: everything is one list. */
    isList: search.kind === AS_LIST,
    /** Whether anything but the place narrows it down. */
    isNarrowed: query !== '' || tags.length > 0 || isStarred,
    onPage,
    onSearch,
    onTags: (next: readonly string[]) => onChange({ tag: next.map(encodeURIComponent).join(',') }),
    onStarred: (only: boolean) => onChange({ filter: only ? STARRED : '' }),
    onList: (isList: boolean) => onChange({ kind: isList ? AS_LIST : '' }),
    onSort: (sort: Sort) => onChange({ sort: sort === SORTS[0].value ? '' : sort }),
  };
}

/** A tag may have a comma in it. */
function tagsIn(text: string): string[] {
  return text === '' ? [] : text.split(',').map(decoded);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Somebody typed it into the address.
    return text;
  }
}
