import { Type } from 'typebox';

const MOST_PAGES = 1_000_000_000;
const MOST_ROWS = 5000;
const DEFAULT_ROWS = 1000;

/** `page` and `perpage` of a list. A page beyond the end is empty: that is how clients know that they have read it all. */
export const Paging = {
  page: Type.Optional(Type.Integer({ minimum: 0, maximum: MOST_PAGES })),
  perpage: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
};

export interface Page {
  /** As asked for, for the answer. */
  page: number;
  perPage: number;
  limit: number;
  offset: number;
}

/** The rows that a page takes. Pages count from 1, and 0 is the first one too; `first: 0` counts from 0, as /api/orgs does. */
export function pageOf(query: { page?: number; perpage?: number }, first: 0 | 1 = 1): Page {
  const page = Math.max(query.page ?? first, first);
  const limit = Math.min(query.perpage || DEFAULT_ROWS, MOST_ROWS);
  return { page, perPage: query.perpage || DEFAULT_ROWS, limit, offset: (page - first) * limit };
}
