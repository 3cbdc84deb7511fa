import { SimpleGrid, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Role } from '../../../../client/shapes.ts';
import { type Answer, api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { useSession } from '../../lib/session.ts';
import { FormSection } from '../../parts/form-section.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';

interface Values {
  name: string;
  role: Role;
  isGrafanaAdmin: boolean;
}

interface Props {
  account: Answer<'/api/serviceaccounts/{id}', 'get'>;
  mayChange: boolean;
}

/** What an account is called and may do by its role; only for reading where one may not change it. */
export function AccountForm({ account, mayChange }: Props) {
  const { user } = useSession();
  const { id, name, role, isGrafanaAdmin } = account;
  const form = useForm<Values>({
    initialValues: { name, role, isGrafanaAdmin },
    validate: { name: (text) => (text.trim() === '' ? 'An account needs a name' : null) },
  });
  const save = api.useMutation('patch', '/api/serviceaccounts/{id}', {
    onSuccess: () => {
      tellDone('The service account was saved');
      form.resetDirty();
    },
  });
  return (
    <FormSection
      title="Name and role"
      mayChange={mayChange}
      isDirty={form.isDirty()}
      isBusy={save.isPending}
      error={save.error}
      onSubmit={form.onSubmit(({ isGrafanaAdmin: administers, ...body }) =>
        save.mutate({
          params: { path: { id } },
          body: { ...body, ...(administers === isGrafanaAdmin ? {} : { isGrafanaAdmin: administers }) },
        }),
      )}
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput label="Display name" required {...form.getInputProps('name')} />
        <RoleSelect value={form.values.role} onChange={(next) => form.setFieldValue('role', next)} />
      </SimpleGrid>
      {user.isGrafanaAdmin && (
        <Switch
          label="Administers the server"
          description="May do what only administrators of the server may, in every organization"
          {...form.getInputProps('isGrafanaAdmin', { type: 'checkbox' })}
        />
      )}
    </FormSection>
  );
}
