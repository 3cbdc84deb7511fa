import { Button, Group, Skeleton, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type Answer, api, SERVER_URL } from '../../lib/api.ts';
import { dashboardQuery } from '../../lib/dashboard-text.ts';
import { tellDone } from '../../lib/notify.ts';
import { queryClient } from '../../lib/query-client.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { CopyTextButton } from '../../parts/copy-button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';

const PATH = '/api/dashboards/uid/{uid}/public-dashboards';
const ONE = '/api/dashboards/uid/{uid}/public-dashboards/{publicDashboardUid}';

type PublicDashboard = Answer<typeof PATH, 'get'>;

interface Props {
  uid: string;
  mayChange: boolean;
  isPublic: boolean;
}

/** An address at which everybody may read a dashboard without signing in. */
export function PublicLinkTab({ uid, mayChange, isPublic }: Props) {
  const create = api.useMutation('post', PATH, {
    onSuccess: () => tellDone('The public link was made'),
  });
  const make = (): void => create.mutate({ params: { path: { uid } }, body: { isEnabled: true } });
  if (isPublic) return <Existing uid={uid} mayChange={mayChange} />;
  return (
    <Stack gap="sm">
      <EmptyState
        title="This dashboard has no public link"
        advice="Whoever has such a link reads the dashboard without signing in: its titles, panels and texts, but none of its queries. It can be paused and deleted at any time."
        action={
          mayChange && (
            <Button loading={create.isPending} onClick={make}>
              Make a public link
            </Button>
          )
        }
      />
      <ProblemAlert error={create.error} />
    </Stack>
  );
}

function Existing({ uid, mayChange }: { uid: string; mayChange: boolean }) {
  // A link that was deleted is not to be shown again for a moment when there is a new one.
  const link = api.useQuery('get', PATH, { params: { path: { uid } } }, { gcTime: 0 });
  if (link.error !== null) return <ProblemAlert error={link.error} onRetry={() => void link.refetch()} />;
  if (link.data === undefined) return <Skeleton height="10rem" />;
  return <Made uid={uid} link={link.data} mayChange={mayChange} />;
}

function Made({ uid, link, mayChange }: { uid: string; link: PublicDashboard; mayChange: boolean }) {
  const [isDeleting, deleting] = useDisclosure(false);
  const params = { path: { uid, publicDashboardUid: link.uid } };
  const change = api.useMutation('patch', ONE, {
    onSuccess: ({ isEnabled }) =>
      tellDone(isEnabled ? 'The public link works again' : 'The public link is paused'),
  });
  const remove = api.useMutation('delete', ONE, {
    meta: { leavesPage: true },
    onSuccess: async () => {
      tellDone('The public link was deleted');
      await queryClient.invalidateQueries(dashboardQuery(uid));
    },
  });
  return (
    <Stack gap="md" maw="46rem">
      <Text size="sm">
        {link.isEnabled
          ? 'Whoever has this address reads the dashboard without signing in: its titles, panels and texts, but none of its queries.'
          : 'The link is paused: at this address there is nothing for anybody.'}
      </Text>
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <TextInput
          label="Address"
          value={`${SERVER_URL}/api/public/dashboards/${link.accessToken}`}
          readOnly
          flex={1}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyTextButton text={`${SERVER_URL}/api/public/dashboards/${link.accessToken}`} />
      </Group>
      {mayChange && (
        <Group gap="md">
          <Switch
            label="The link works"
            checked={link.isEnabled}
            disabled={change.isPending}
            onChange={(event) => change.mutate({ params, body: { isEnabled: event.currentTarget.checked } })}
          />
          <Button color="red" variant="outline" onClick={deleting.open}>
            Delete the link
          </Button>
        </Group>
      )}
      <ProblemAlert error={change.error} />
      {isDeleting && (
        <ConfirmDialog
          title="Delete the public link?"
          confirm="Delete the link"
          isBusy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate({ params })}
          onClose={deleting.close}
        >
          Its address never works again, for anybody who has it. A new link gets another address.
        </ConfirmDialog>
      )}
    </Stack>
  );
}
