/** What the address of a list remembers, so that a reload and a link show the same. Pages take of it what they need. */
export interface Search {
  page?: number;
  query?: string;
  tab?: string;
  filter?: string;
  sort?: string;
  tag?: string;
  /** Two moments, or how long ago. */
  from?: string;
  to?: string;
  actor?: string;
  action?: string;
  kind?: string;
  /** The folder that something new is to lie in. */
  folderUid?: string;
  /** Where to go on after signing in: a path of this page. */
  redirect?: string;
}

const TEXTS = [
  'query',
  'tab',
  'filter',
  'sort',
  'tag',
  'from',
  'to',
  'actor',
  'action',
  'kind',
  'folderUid',
  'redirect',
] as const;

/** What of an address's search is known and well formed; the rest is left out. */
export function readSearch(given: Record<string, unknown>): Search {
  const search: Search = {};
  const page = Number(given['page']);
  if (Number.isSafeInteger(page) && page > 1) search.page = page;
  for (const name of TEXTS) {
    const value = given[name];
    if (['string', 'number', 'boolean'].includes(typeof value)) search[name] = String(value);
  }
  return search;
}
