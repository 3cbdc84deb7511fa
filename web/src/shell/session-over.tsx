import { getDefaultZIndex, Modal, Stack, Text } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { SERVER_URL } from '../lib/api.ts';
import { queryClient, whenSessionIsOver } from '../lib/query-client.ts';
import { forgetAll, resumeSession } from '../lib/session.ts';
import { SignInForm } from '../parts/sign-in-form.tsx';

/** Has people sign in again above the page that they are on, so that nothing they entered there is lost. */
export function SessionOver() {
  const [isOver, setIsOver] = useState(false);
  const router = useRouter();
  useEffect(() => {
    whenSessionIsOver(() => setIsOver(true));
    return () => whenSessionIsOver(() => undefined);
  }, []);
  const leave = (): void => {
    forgetAll();
    void router.navigate({ to: '/login' });
  };
  const goOn = async (): Promise<void> => {
    const isSomebodyElse = await resumeSession();
    if (isSomebodyElse) {
      // The page goes first: what is not saved on it would have the browser ask whether to stay.
      await router.navigate({ to: '/login', ignoreBlocker: true });
      return window.location.assign(SERVER_URL);
    }
    setIsOver(false);
    await queryClient.invalidateQueries();
  };
  return (
    <Modal
      opened={isOver}
      onClose={leave}
      title="Sign in again"
      zIndex={getDefaultZIndex('overlay')}
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
