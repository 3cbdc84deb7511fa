import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { signIn } from '../lib/session.ts';
import { ProblemAlert } from './problem-alert.tsx';

/** The fields by which people sign in. What they typed is read from the form and kept nowhere. */
export function SignInForm({ onSignedIn }: { onSignedIn(): void }) {
  const attempt = useMutation({
    mutationFn: ({ user, password }: { user: string; password: string }) => signIn(user, password),
    onSuccess: onSignedIn,
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    attempt.mutate({ user: textOf(fields, 'user'), password: textOf(fields, 'password') });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          name="user"
          label="Email or username"
          autoComplete="username"
          autoCapitalize="none"
          required
          data-autofocus
          autoFocus
        />
        <PasswordInput name="password" label="Password" autoComplete="current-password" required />
        <ProblemAlert error={attempt.error} />
        <Button type="submit" size="sm" loading={attempt.isPending} fullWidth>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}

function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}
