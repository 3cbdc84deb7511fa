import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import type { TeamMember } from './team-members.tsx';
import type { Team } from './team-page.tsx';

interface Props {
  team: Team;
  member: TeamMember;
  onClose(): void;
}

/** Asks before somebody is taken out of a team. */
export function RemoveTeamMember({ team, member: { userId, login }, onClose }: Props) {
  const remove = api.useMutation('delete', '/api/teams/{id}/members/{userId}', {
    onSuccess: () => {
      tellDone(`${login} was removed from ${team.name}`);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Remove ${login} from ${team.name}?`}
      confirm="Remove"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ params: { path: { id: String(team.id), userId } } })}
      onClose={onClose}
    >
      {login} loses at once what comes by the team alone, and stays in the organization.
    </ConfirmDialog>
  );
}
