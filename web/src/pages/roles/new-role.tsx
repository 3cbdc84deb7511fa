import { Switch } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { useSession } from '../../lib/session.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { roleName } from '../../parts/role-picker.tsx';
import { NO_DETAILS, RoleFields, rules } from './role-fields.tsx';

/** Makes a role that gives nothing yet, and goes on to it. */
export function NewRole({ onClose }: { onClose(): void }) {
  const navigate = useNavigate();
  const { user } = useSession();
  const form = useForm({ initialValues: { ...NO_DETAILS, global: false }, validate: rules });
  const create = api.useMutation('post', '/api/access-control/roles', {
    onSuccess: async (role) => {
      tellDone(`Role ${roleName(role)} was created`);
      await navigate({ to: '/admin/roles/$uid', params: { uid: role.uid } });
    },
  });
  return (
    <FormDialog
      title="New role"
      submit="Create role"
      isDirty={form.isDirty()}
      isBusy={create.isPending}
      error={create.error}
      onSubmit={form.onSubmit((body) => create.mutate({ body }))}
      onClose={onClose}
    >
      <RoleFields form={form} />
      {user.isGrafanaAdmin && (
        <Switch
          label="In all organizations"
          description="Every organization may give it to its people; only administrators of the server change it"
          {...form.getInputProps('global', { type: 'checkbox' })}
        />
      )}
    </FormDialog>
  );
}
