import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { client } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import type { Team } from './team-page.tsx';

/** Asks before a team goes. */
export function DeleteTeam({ team: { id, name, memberCount }, onClose }: { team: Team; onClose(): void }) {
  const navigate = useNavigate();
  const deleting = useMutation({
    mutationFn: async () => {
      await client.DELETE('/api/teams/{id}', { params: { path: { id: String(id) } } });
      // Before everything on the screen is asked for again: here nothing would be found.
      await navigate({ to: '/org/teams', ignoreBlocker: true });
    },
    onSuccess: () => tellDone(`Team ${name} was deleted`),
  });
  const members = memberCount === 1 ? 'Its member loses' : `Its ${memberCount} members lose`;
  return (
    <ConfirmDialog
      title={`Delete team ${name}?`}
      confirm="Delete team"
      isBusy={deleting.isPending}
      error={deleting.error}
      onConfirm={() => deleting.mutate()}
      onClose={onClose}
    >
      {memberCount > 0 && `${members} at once what they have by the team alone. `}
      The permissions, roles and preferences of the team go with it; people, folders and dashboards stay.
    </ConfirmDialog>
  );
}
