import { api, client } from '../lib/api.ts';
import { type Choice, SearchedSelect } from './searched-select.tsx';

interface Props {
  label: string;
  /** '' is none. */
  uid: string;
  onChange(uid: string): void;
}

const PER_PAGE = 30;

/** A choice of one of the dashboards that the person may see, or of none. */
export function DashboardSelect({ label, uid, onChange }: Props) {
  const chosen = api.useQuery(
    'get',
    '/api/search',
    { params: { query: { dashboardUIDs: [uid] } } },
    { enabled: uid !== '' },
  );
  const value: Choice | undefined =
    uid === '' ? undefined : { value: uid, label: chosen.data?.[0]?.title ?? uid };
  return (
    <SearchedSelect
      label={label}
      placeholder="Default"
      what="dashboards"
      find={findDashboards}
      value={value}
      onChange={(choice) => onChange(choice?.value ?? '')}
    />
  );
}

async function findDashboards(query: string, page: number) {
  const { data = [] } = await client.GET('/api/search', {
    params: { query: { query, type: 'dash-db', page, limit: PER_PAGE } },
  });
  const choices = data.map(({ uid, title, folderTitle }) => ({
    value: uid,
    label: title,
    about: folderTitle,
  }));
  return { choices, hasMore: data.length === PER_PAGE };
}
