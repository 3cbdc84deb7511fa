import type { ReactNode } from 'react';
import { client } from '../lib/api.ts';
import { type Choice, SearchedSelect } from './searched-select.tsx';

interface Props {
  label?: string;
  description?: ReactNode;
  placeholder?: string;
  required?: boolean;
  value: Choice | undefined;
  onChange(org: Choice | undefined): void;
  error?: ReactNode;
}

const PER_PAGE = 30;

/** A choice of one organization of the server, for who may read them all. */
export function OrgSelect({ label = 'Organization', ...rest }: Props) {
  return <SearchedSelect label={label} what="organizations" find={findOrgs} {...rest} />;
}

async function findOrgs(query: string, page: number) {
  const { data } = await client.GET('/api/orgs/search', {
    params: { query: { query, page, perpage: PER_PAGE } },
  });
  const choices = (data?.orgs ?? []).map(({ id, name }) => ({ value: String(id), label: name }));
  return { choices, hasMore: page * PER_PAGE < (data?.totalCount ?? 0) };
}
