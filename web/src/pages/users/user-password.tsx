import { PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { passwordFault } from '../../lib/passwords.ts';
import { useSession } from '../../lib/session.ts';
import { FormSection } from '../../parts/form-section.tsx';
import type { User } from './server-user-page.tsx';

/** Sets a password for somebody who has lost theirs. */
export function UserPassword({ user: { id, login } }: { user: User }) {
  const { passwordMinLength } = useSession().settings.latchkey;
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: (password) => passwordFault(password, passwordMinLength) },
  });
  const save = api.useMutation('put', '/api/admin/users/{id}/password', {
    onSuccess: () => {
      tellDone(`${login} has the new password, and was signed out everywhere`);
      form.reset();
    },
  });
  return (
    <FormSection
      title="Password"
      about={`Sets a new password for ${login}, and ends all their sessions.`}
      submit="Set password"
      isDirty={form.isDirty()}
      isBusy={save.isPending}
      error={save.error}
      onSubmit={form.onSubmit((body) => save.mutate({ params: { path: { id } }, body }))}
    >
      <PasswordInput
        label="New password"
        description={`At least ${passwordMinLength} characters`}
        autoComplete="new-password"
        {...form.getInputProps('password')}
      />
    </FormSection>
  );
}
