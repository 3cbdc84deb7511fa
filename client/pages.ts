import type { Client } from './client.ts';

const PER_PAGE = 500;

interface Paged<Page, Item> {
  /** May have a query string already. */
  path: string;
  /** The number of the first page: 1 in most lists. */
  first?: 0 | 1;
  itemsOf(page: Page): Item[];
  keyOf(item: Item): number;
}

/** Everything in a list, page by page until an empty one. A list that does not know pages is read once. */
export async function readAll<Page, Item>(client: Client, list: Paged<Page, Item>): Promise<Item[]> {
  const found = new Map<number, Item>();
  const separator = list.path.includes('?') ? '&' : '?';
  for (let page = list.first ?? 1; ; page++) {
    const path = `${list.path}${separator}page=${page}&perpage=${PER_PAGE}`;
    const before = found.size;
    for (const item of list.itemsOf(await client.request<Page>('GET', path)))
      found.set(list.keyOf(item), item);
    if (found.size === before) return [...found.values()];
  }
}
