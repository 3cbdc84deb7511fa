import { PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { passwordFault } from '../../lib/passwords.ts';
import { useMayOnServer, useSession } from '../../lib/session.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { OrgSelect } from '../../parts/org-select.tsx';
import type { Choice } from '../../parts/searched-select.tsx';

/** Makes a user of the server, who signs in with this password. */
export function NewUser({ onClose }: { onClose(): void }) {
  const navigate = useNavigate();
  const mayOnServer = useMayOnServer();
  const { passwordMinLength } = useSession().settings.latchkey;
  const form = useForm({
    initialValues: { name: '', email: '', login: '', password: '', org: undefined as Choice | undefined },
    validate: {
      login: (login, { email }) =>
        login.trim() === '' && email.trim() === '' ? 'Give a login, an email, or both' : null,
      password: (password) => passwordFault(password, passwordMinLength),
    },
  });
  const create = api.useMutation('post', '/api/admin/users', {
    onSuccess: async ({ id }, { body }) => {
      tellDone(`The user ${body.login || body.email} was created`);
      await navigate({ to: '/admin/users/$id', params: { id: String(id) } });
    },
  });
  return (
    <FormDialog
      title="New user"
      submit="Create user"
      isDirty={form.isDirty()}
      isBusy={create.isPending}
      error={create.error}
      onSubmit={form.onSubmit(({ org, ...body }) =>
        create.mutate({ body: { ...body, ...(org === undefined ? {} : { OrgId: Number(org.value) }) } }),
      )}
      onClose={onClose}
    >
      <TextInput label="Name" autoComplete="off" data-autofocus {...form.getInputProps('name')} />
      <TextInput label="Email" type="email" autoComplete="off" {...form.getInputProps('email')} />
      <TextInput
        label="Username"
        description="To sign in with; the email, if it is left empty"
        autoComplete="off"
        autoCapitalize="none"
        {...form.getInputProps('login')}
      />
      <PasswordInput
        label="Password"
        description={`At least ${passwordMinLength} characters`}
        required
        autoComplete="new-password"
        {...form.getInputProps('password')}
      />
      {mayOnServer('orgs:read') && (
        <OrgSelect
          description="Where the user starts, with the role that new users get"
          placeholder="As the server’s settings say"
          value={form.values.org}
          onChange={(org) => form.setFieldValue('org', org)}
        />
      )}
    </FormDialog>
  );
}
