import { Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Role } from '../../../../client/shapes.ts';
import { api } from '../../lib/api.ts';
import { useSession } from '../../lib/session.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import {
  firstLife,
  type Life,
  LifeField,
  lifeProblem,
  secondsToLive,
  useLifeLimit,
} from '../../parts/life-field.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';
import { SecretOnce } from '../../parts/secret-once.tsx';

interface NewKeyValues {
  name: string;
  role: Role;
  life: Life;
  isGrafanaAdmin: boolean;
}

/** Makes an API key, and shows it the one time that it can be shown. */
export function NewKey({ onClose }: { onClose(): void }) {
  const { user } = useSession();
  const limit = useLifeLimit('API key');
  const form = useForm<NewKeyValues>({
    initialValues: { name: '', role: 'Viewer', life: firstLife(limit), isGrafanaAdmin: false },
    validate: {
      name: (name) => (name.trim() === '' ? 'Give the key a name that says what uses it' : null),
      life: (life) => lifeProblem(life, limit),
    },
  });
  const create = api.useMutation('post', '/api/auth/keys');
  if (create.data !== undefined) {
    return <SecretOnce title="API key created" kind="API key" secret={create.data.key} onClose={onClose} />;
  }
  return (
    <FormDialog
      title="Add API key"
      submit="Add"
      isDirty={form.isDirty()}
      isBusy={create.isPending}
      error={create.error}
      onSubmit={form.onSubmit(({ name, role, life, isGrafanaAdmin }) =>
        create.mutate({
          body: {
            name: name.trim(),
            role,
            ...secondsToLive(life),
            ...(isGrafanaAdmin ? { isGrafanaAdmin } : {}),
          },
        }),
      )}
      onClose={onClose}
    >
      <TextInput
        label="Key name"
        description="Unique among the keys and tokens of the organization"
        required
        data-autofocus
        {...form.getInputProps('name')}
      />
      <RoleSelect
        withoutNone
        description="A Viewer reads, an Editor changes dashboards, an Admin looks after the organization."
        value={form.values.role}
        onChange={(role) => form.setFieldValue('role', role)}
      />
      <LifeField
        kind="API key"
        limit={limit}
        value={form.values.life}
        error={form.errors['life']}
        onChange={(life) => form.setFieldValue('life', life)}
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
