import { List } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api, client } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { useMayOnServer } from '../../lib/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { QUOTAS_OF_ORG } from '../../parts/quotas.tsx';

interface Org {
  id: number;
  name: string;
}

interface Props {
  org: Org;
  /** Leads away from where it was shown. */
  onDeleted?(): Promise<void>;
  onClose(): void;
}

const MAIN_ORG_ID = 1;

/** Whether the server lets an organization go: not the main one, and not the one that is acted in. */
export function canBeDeleted({ id }: { id: number }, user: { orgId: number }): boolean {
  return id !== MAIN_ORG_ID && id !== user.orgId;
}

/** Asks before an organization goes, and says what goes with it. */
export function DeleteOrg({ org: { id, name }, onDeleted, onClose }: Props) {
  const params = { path: { id } };
  const deleting = useMutation({
    mutationFn: async () => {
      await client.DELETE('/api/orgs/{id}', { params });
      // Before everything on the screen is asked for again: of this one nothing would be found.
      await onDeleted?.();
    },
    onSuccess: () => {
      tellDone(`Organization ${name} was deleted`);
      onClose();
    },
  });
  const mayCount = useMayOnServer()('orgs.quotas:read');
  const contents = api.useQuery(
    'get',
    '/api/orgs/{id}/quotas',
    { params },
    // Not once it goes: then there is nothing to count.
    { enabled: mayCount && deleting.isIdle },
  );
  const counted = contents.data?.filter(({ target, used }) => target !== 'org_user' && used > 0) ?? [];
  const users = contents.data?.find(({ target }) => target === 'org_user')?.used;
  return (
    <ConfirmDialog
      title={`Delete organization ${name}?`}
      confirm="Delete organization"
      typed={name}
      isBusy={deleting.isPending}
      error={deleting.error}
      onConfirm={() => deleting.mutate()}
      onClose={onClose}
    >
      All that is in it goes for good, and its keys and tokens are refused at once:
      <List size="sm" my="sm">
        {counted.map(({ target, used }) => (
          <List.Item key={target}>
            {QUOTAS_OF_ORG[target] ?? target}: {used.toLocaleString('en')}
          </List.Item>
        ))}
        <List.Item>Folders, teams, roles, permissions and preferences</List.Item>
      </List>
      Its users{users === undefined ? '' : ` (${users.toLocaleString('en')})`} stay users of the server, and
      lose their part in it.
    </ConfirmDialog>
  );
}
