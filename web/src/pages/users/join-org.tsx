import { useForm } from '@mantine/form';
import type { Role } from '../../../../client/shapes.ts';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { OrgSelect } from '../../parts/org-select.tsx';
import { useRoleMeanings } from '../../parts/role-meanings.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';
import type { Choice } from '../../parts/searched-select.tsx';
import type { User } from './server-user-page.tsx';

/** Brings one user into one more organization. */
export function JoinOrg({ user: { login }, onClose }: { user: User; onClose(): void }) {
  const meanings = useRoleMeanings();
  const form = useForm<{ org: Choice | undefined; role: Role }>({
    initialValues: { org: undefined, role: 'Viewer' },
    validate: { org: (org) => (org === undefined ? 'Choose an organization' : null) },
  });
  const { org, role } = form.values;
  const join = api.useMutation('post', '/api/orgs/{id}/users', {
    onSuccess: () => {
      tellDone(`${login} was added to ${org?.label ?? 'the organization'} with the role ${role}`);
      onClose();
    },
  });
  return (
    <FormDialog
      title={`Add ${login} to an organization`}
      submit="Add to organization"
      isDirty={form.isDirty()}
      isBusy={join.isPending}
      error={join.error}
      onSubmit={form.onSubmit(() =>
        join.mutate({ params: { path: { id: Number(org?.value) } }, body: { loginOrEmail: login, role } }),
      )}
      onClose={onClose}
    >
      <OrgSelect
        required
        placeholder="Type a part of the name"
        value={org}
        onChange={(choice) => form.setFieldValue('org', choice)}
        error={form.errors['org']}
      />
      <RoleSelect
        description={`May ${meanings[role]}`}
        value={role}
        onChange={(chosen) => form.setFieldValue('role', chosen)}
      />
    </FormDialog>
  );
}
