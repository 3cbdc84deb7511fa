import { useForm } from '@mantine/form';
import type { OrgGrant, Role } from '../../../../client/shapes.ts';
import { api, client } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { useSession } from '../../lib/session.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';
import { type Choice, SearchedSelect } from '../../parts/searched-select.tsx';

const PER_PAGE = 30;

interface Values {
  org: Choice | undefined;
  role: Role;
}

interface Props {
  account: { id: number; name: string; orgId: number };
  /** What it has already. */
  granted: readonly OrgGrant[];
  onClose(): void;
}

/** Lets an account act in a further organization. */
export function NewGrant({ account, granted, onClose }: Props) {
  const { user } = useSession();
  const has = new Set([account.orgId, ...granted.map(({ orgId }) => orgId)]);
  const form = useForm<Values>({
    initialValues: { org: undefined, role: 'Viewer' },
    validate: { org: (org) => (org === undefined ? 'Choose an organization' : null) },
  });
  const grant = api.useMutation('post', '/api/serviceaccounts/{id}/orgs', {
    onSuccess: ({ message }) => {
      tellDone(message);
      onClose();
    },
  });
  const find = async (query: string, page: number) => {
    const { orgs, hasMore } = await (user.isGrafanaAdmin ? findAny(query, page) : findOwn(query));
    const free = orgs.filter(({ id }) => !has.has(id));
    return { choices: free.map(({ id, name }) => ({ value: String(id), label: name })), hasMore };
  };
  return (
    <FormDialog
      title={`Let ${account.name} act in another organization`}
      submit="Add"
      isDirty={form.isDirty()}
      isBusy={grant.isPending}
      error={grant.error}
      onSubmit={form.onSubmit(({ org, role }) =>
        grant.mutate({ params: { path: { id: account.id } }, body: { orgId: Number(org?.value), role } }),
      )}
      onClose={onClose}
    >
      <SearchedSelect
        label="Organization"
        description={user.isGrafanaAdmin ? undefined : 'One whose Admin you are'}
        required
        what={`organizations beside those of account ${account.id}`}
        find={find}
        value={form.values.org}
        error={form.errors['org']}
        onChange={(org) => form.setFieldValue('org', org)}
      />
      <RoleSelect value={form.values.role} onChange={(role) => form.setFieldValue('role', role)} />
    </FormDialog>
  );
}

interface Found {
  orgs: { id: number; name: string }[];
  hasMore: boolean;
}

async function findAny(query: string, page: number): Promise<Found> {
  const { data } = await client.GET('/api/orgs/search', {
    params: { query: { query, page, perpage: PER_PAGE } },
  });
  return { orgs: data?.orgs ?? [], hasMore: page * PER_PAGE < (data?.totalCount ?? 0) };
}

/** Nobody gives an organization whose Admin they are not. */
async function findOwn(query: string): Promise<Found> {
  const { data = [] } = await client.GET('/api/user/orgs');
  const like = query.toLowerCase();
  const orgs = data
    .filter(({ role, name }) => role === 'Admin' && name.toLowerCase().includes(like))
    .map(({ orgId, name }) => ({ id: orgId, name }));
  return { orgs, hasMore: false };
}
