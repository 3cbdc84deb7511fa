import { PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { passwordFault } from '../../lib/passwords.ts';
import { useSession } from '../../lib/session.ts';
import { FormSection } from '../../parts/form-section.tsx';

/** Changes one's own password, which takes the old one. */
export function OwnPassword() {
  const { passwordMinLength } = useSession().settings.latchkey;
  const form = useForm({
    initialValues: { oldPassword: '', newPassword: '', confirmNew: '' },
    validate: {
      oldPassword: (password) => (password === '' ? 'Give the password that you have now' : null),
      newPassword: (password) => passwordFault(password, passwordMinLength),
      confirmNew: (password, { newPassword }) =>
        password === newPassword ? null : 'This is not the same as the new password',
    },
  });
  const save = api.useMutation('put', '/api/user/password', {
    onSuccess: () => {
      tellDone('Your password was changed, and your other sessions were ended');
      form.reset();
    },
  });
  return (
    <FormSection
      title="Change password"
      about="Your other sessions end by it."
      submit="Change password"
      isDirty={form.isDirty()}
      isBusy={save.isPending}
      error={save.error}
      onSubmit={form.onSubmit((body) => save.mutate({ body }))}
    >
      <PasswordInput
        label="Old password"
        autoComplete="current-password"
        {...form.getInputProps('oldPassword')}
      />
      <PasswordInput
        label="New password"
        description={`At least ${passwordMinLength} characters`}
        autoComplete="new-password"
        {...form.getInputProps('newPassword')}
      />
      <PasswordInput
        label="New password again"
        autoComplete="new-password"
        {...form.getInputProps('confirmNew')}
      />
    </FormSection>
  );
}
