import { api } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { MissingPage } from '../../parts/missing-page.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { actionWords, isOfGrafanaAlone } from './action-words.ts';
import { type BasicRole, countText, Meaning } from './basic-roles.tsx';
import { keyOfPermission, PERMISSION_COLUMNS } from './permission-columns.tsx';

/** What one basic role gives; nobody changes it here. */
export function BasicRolePage({ uid, above }: { uid: string; above: { title: string; to: string }[] }) {
  const roles = api.useQuery('get', '/api/access-control/basic-roles');
  return (
    <Loaded asked={roles} title="Role">
      {(all) => {
        const role = all.find((one) => one.uid === uid);
        return role === undefined ? <MissingPage /> : <Shown role={role} above={above} />;
      }}
    </Loaded>
  );
}

function Shown({ role, above }: { role: BasicRole; above: { title: string; to: string }[] }) {
  const { query, onSearch } = useListAddress();
  const text = query.trim().toLowerCase();
  const found = role.permissions.filter(({ action, scope }) =>
    [action, scope, actionWords(action)].some((part) => part.toLowerCase().includes(text)),
  );
  return (
    <PageFrame
      title={role.displayName}
      tags={<StateTag tone="quiet">Basic role</StateTag>}
      above={above}
      about={
        <>
          People with this role may <Meaning role={role} />. {countText(role.permissions)}
        </>
      }
    >
      <SearchBox label="Search actions" value={query} onSearch={onSearch} />
      <DataTable
        label={`what ${role.displayName} gives`}
        columns={PERMISSION_COLUMNS}
        rows={found.toSorted((a, b) => rankOf(a) - rankOf(b))}
        keyOf={keyOfPermission}
        empty={
          query === '' ? (
            <EmptyState
              title="Nothing by itself"
              advice="Who has this role uses what folders, dashboards and other roles give to them by name."
            />
          ) : (
            <EmptyState title={`No action of it has “${query}” in its name`} />
          )
        }
      />
    </PageFrame>
  );
}

// What matters here comes first.
function rankOf({ action }: { action: string }): number {
  return isOfGrafanaAlone(action) ? 1 : 0;
}
