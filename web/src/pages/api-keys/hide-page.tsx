import { Button, Group, Paper, Text } from '@mantine/core';
import { asSentence } from '../../lib/as-sentence.ts';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { useMay, useSession } from '../../lib/session.ts';
import { ButtonLink } from '../../parts/button-link.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';

/** Asks before the page leaves everybody's menu. */
export function HidePage({ onClose }: { onClose(): void }) {
  const { user } = useSession();
  const hide = api.useMutation('post', '/api/serviceaccounts/hideApiKeys', {
    // The dialog goes with the page.
    onSuccess: () => tellDone('The API keys page is hidden'),
  });
  return (
    <ConfirmDialog
      title="Hide the API keys page forever?"
      confirm="Yes, hide it"
      isBusy={hide.isPending || hide.isSuccess}
      error={hide.error}
      onConfirm={() => hide.mutate({})}
      onClose={onClose}
    >
      It leaves the menu of everybody in {asSentence(user.orgName)} No key and no token changes. Should you
      need it again: an Admin opens this page by its address, /org/apikeys, and shows it again.
    </ConfirmDialog>
  );
}

/** In the place of the hidden page: where the keys are now, and how to have it back. */
export function HiddenPage() {
  const may = useMay();
  const { user } = useSession();
  const show = api.useMutation('post', '/api/serviceaccounts/showApiKeys', {
    onSuccess: () => tellDone('The API keys page is shown again'),
  });
  return (
    <Paper p={0}>
      <EmptyState
        title={`The API keys page of ${user.orgName} is hidden`}
        advice="Its keys were migrated: they are tokens of service accounts now, and go on working."
        action={
          <>
            <ProblemAlert error={show.error} />
            <Group gap="sm" justify="center">
              {may('serviceaccounts:create') ? (
                <Button variant="default" loading={show.isPending} onClick={() => show.mutate({})}>
                  Show API keys page again
                </Button>
              ) : (
                <Text size="sm">An Admin can show it again.</Text>
              )}
              <ButtonLink to="/org/serviceaccounts">Go to service accounts</ButtonLink>
            </Group>
          </>
        }
      />
    </Paper>
  );
}
