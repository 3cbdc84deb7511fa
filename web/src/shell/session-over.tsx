import { Modal, Stack, Text } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { queryClient, whenSessionIsOver } from '../lib/query-client.ts';
import { loadSession } from '../lib/session.ts';
import { SignInForm } from '../parts/sign-in-form.tsx';

/** Has people sign in again above the page that they are on, so that nothing they entered there is lost. */
export function SessionOver() {
  const [isOver, setIsOver] = useState(false);
  const router = useRouter();
  useEffect(() => {
    whenSessionIsOver(() => setIsOver(true));
    return () => whenSessionIsOver(() => undefined);
  }, []);
  const goOn = async (): Promise<void> => {
    await loadSession();
    setIsOver(false);
    await queryClient.invalidateQueries();
  };
  return (
    <Modal
      opened={isOver}
      onClose={() => void router.navigate({ to: '/login' })}
      title="Sign in again"
      size="sm"
    >
      <Stack>
        <Text size="sm">
          Your session is over. What you entered on this page is still there: sign in, and try again.
        </Text>
        <SignInForm onSignedIn={() => void goOn()} />
      </Stack>
    </Modal>
  );
}
