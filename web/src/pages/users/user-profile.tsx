import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { useMayOnServer } from '../../lib/session.ts';
import { FormSection } from '../../parts/form-section.tsx';
import type { User } from './server-user-page.tsx';

/** What a user is called. */
export function UserProfile({ user }: { user: User }) {
  const { id, name, email, login } = user;
  const form = useForm({ initialValues: { name, email, login } });
  const save = api.useMutation('put', '/api/users/{id}', {
    onSuccess: (_, { body }) => {
      tellDone(`The profile of ${body.login || body.email} was saved`);
      form.resetDirty();
    },
  });
  return (
    <FormSection
      title="Profile"
      mayChange={useMayOnServer()('users:write')}
      isDirty={form.isDirty()}
      isBusy={save.isPending}
      error={save.error}
      onSubmit={form.onSubmit((body) => save.mutate({ params: { path: { id } }, body }))}
    >
      <TextInput label="Name" autoComplete="off" {...form.getInputProps('name')} />
      <TextInput label="Email" type="email" autoComplete="off" {...form.getInputProps('email')} />
      <TextInput label="Username" autoComplete="off" autoCapitalize="none" {...form.getInputProps('login')} />
    </FormSection>
  );
}
