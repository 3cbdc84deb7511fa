import { useMutation } from '@tanstack/react-query';
import type { Role } from '../../../client/shapes.ts';
import type { Answer } from '../lib/api.ts';
import { tellDone } from '../lib/notify.ts';
import { startOver, useSession } from '../lib/session.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { useRoleMeanings } from './role-meanings.tsx';

export type Member = Answer<'/api/org/users/search', 'get'>['orgUsers'][number];

interface Org {
  id: number;
  name: string;
}

interface RemoveProps {
  member: Pick<Member, 'userId' | 'login'>;
  org: Org;
  remove(userId: number): Promise<unknown>;
  onClose(): void;
}

/** Asks before somebody is taken out of an organization. */
export function RemoveMember({ member, org, remove, onClose }: RemoveProps) {
  const { user } = useSession();
  const isOneself = member.userId === user.id;
  const removing = useMutation({
    mutationFn: async () => {
      await remove(member.userId);
      // Whoever left the organization that they are in goes on in another, and may not ask for anything of this one.
      if (isOneself && org.id === user.orgId) startOver();
    },
    onSuccess: () => {
      tellDone(`${member.login} was removed from ${org.name}`);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Remove ${member.login} from ${org.name}?`}
      confirm="Remove"
      isBusy={removing.isPending}
      error={removing.error}
      onConfirm={() => removing.mutate()}
      onClose={onClose}
    >
      {isOneself ? 'This is you: you' : member.login} will have no part in the organization: the role, the
      teams and the permissions there are gone at once. The user itself stays, and can be added again.
    </ConfirmDialog>
  );
}

interface ChangeProps {
  org: Org;
  role: Role;
  isBusy: boolean;
  error: unknown;
  onConfirm(): void;
  onClose(): void;
}

/** Asks before people take something away from themselves that they cannot give back. */
export function ChangeOwnRole({ org, role, ...rest }: ChangeProps) {
  const meanings = useRoleMeanings();
  return (
    <ConfirmDialog title="Lower your own role?" confirm={`Change to ${role}`} {...rest}>
      In {org.name} you may then {meanings[role]}. Somebody else has to give you more again.
    </ConfirmDialog>
  );
}
