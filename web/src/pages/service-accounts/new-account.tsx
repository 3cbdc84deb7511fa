import { Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import type { Role } from '../../../../client/shapes.ts';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { useSession } from '../../lib/session.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';

interface Values {
  name: string;
  role: Role;
  isDisabled: boolean;
  isGrafanaAdmin: boolean;
}

/** Makes a service account, and leads to it, where it gets its first token. */
export function NewAccount({ onClose }: { onClose(): void }) {
  const { user } = useSession();
  const navigate = useNavigate();
  const form = useForm<Values>({
    initialValues: { name: '', role: 'Viewer', isDisabled: false, isGrafanaAdmin: false },
    validate: {
      name: (name) => (name.trim() === '' ? 'Give the account a name that says what uses it' : null),
    },
  });
  const create = api.useMutation('post', '/api/serviceaccounts', {
    onSuccess: async ({ id, name }) => {
      tellDone(`Service account ${name} was created`);
      await navigate({ to: '/org/serviceaccounts/$id', params: { id: String(id) } });
    },
  });
  return (
    <FormDialog
      title="Add service account"
      submit="Create"
      isDirty={form.isDirty()}
      isBusy={create.isPending}
      error={create.error}
      onSubmit={form.onSubmit(({ isGrafanaAdmin, ...account }) =>
        create.mutate({ body: { ...account, ...(isGrafanaAdmin ? { isGrafanaAdmin } : {}) } }),
      )}
      onClose={onClose}
    >
      <TextInput
        label="Display name"
        description="Unique among the service accounts of the organization"
        required
        data-autofocus
        {...form.getInputProps('name')}
      />
      <RoleSelect
        description="With None, it may do only what its permissions and roles give it."
        value={form.values.role}
        onChange={(role) => form.setFieldValue('role', role)}
      />
      <Switch
        label="Disabled"
        description="Its tokens are refused until somebody enables it"
        {...form.getInputProps('isDisabled', { type: 'checkbox' })}
      />
      {user.isGrafanaAdmin && (
        <Switch
          label="Administers the server"
          description="May do what only administrators of the server may, in every organization"
          {...form.getInputProps('isGrafanaAdmin', { type: 'checkbox' })}
        />
      )}
    </FormDialog>
  );
}
