import { Center, Paper, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useRouter, useSearch } from '@tanstack/react-router';
import { forgetAll } from '../../lib/session.ts';
import { Logo } from '../../parts/logo.tsx';
import { SignInForm } from '../../parts/sign-in-form.tsx';

/** Where people sign in, and go on to what they wanted to see. */
export function SignInPage() {
  useDocumentTitle('Sign in · Latchkey');
  const router = useRouter();
  const { redirect } = useSearch({ from: '/login' });
  const goOn = (): void => {
    forgetAll();
    router.history.push(pathWithin(redirect));
  };
  return (
    <Center component="main" mih="100vh" p="md" bg="var(--page-ground)">
      <Paper p="xl" w="100%" maw={380}>
        <Stack gap="lg">
          <Stack gap="xs" align="center">
            <Logo />
            <Title order={1}>Sign in to Latchkey</Title>
            <Text size="sm" c="dimmed">
              Machine access over Grafana's HTTP API
            </Text>
          </Stack>
          <SignInForm onSignedIn={goOn} />
        </Stack>
      </Paper>
    </Center>
  );
}

// Only a path of this page: an address in a link must not lead people elsewhere once they have signed in.
function pathWithin(redirect = '/'): string {
  return /^\/(?![/\\])/.test(redirect) ? redirect : '/';
}
