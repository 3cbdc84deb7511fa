import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { useSession } from '../../lib/session.ts';
import { FormSection } from '../../parts/form-section.tsx';

/** What one is called. */
export function OwnNames() {
  const { name, email, login } = useSession().user;
  const form = useForm({
    initialValues: { name, email, login },
    validate: {
      login: (text, values) =>
        text.trim() === '' && values.email.trim() === '' ? 'Give a username, an email, or both' : null,
    },
  });
  const save = api.useMutation('put', '/api/user', {
    onSuccess: () => {
      tellDone('Your profile was saved');
      form.resetDirty();
    },
  });
  return (
    <FormSection
      title="Edit profile"
      isDirty={form.isDirty()}
      isBusy={save.isPending}
      error={save.error}
      onSubmit={form.onSubmit((body) => save.mutate({ body }))}
    >
      <TextInput label="Name" autoComplete="name" {...form.getInputProps('name')} />
      <TextInput label="Email" type="email" autoComplete="email" {...form.getInputProps('email')} />
      <TextInput
        label="Username"
        autoComplete="username"
        autoCapitalize="none"
        {...form.getInputProps('login')}
      />
    </FormSection>
  );
}
