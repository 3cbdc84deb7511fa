import { useMutation } from '@tanstack/react-query';
import { client } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { roleName } from '../../parts/role-picker.tsx';
import type { Holder } from './holders.tsx';
import type { Role } from './role-tags.tsx';

/** Asks, and takes a role away from somebody. */
export function RemoveHolder({ role, holder, onClose }: { role: Role; holder: Holder; onClose(): void }) {
  const take = useMutation({
    mutationFn: () => takeRole(role.uid, holder),
    onSuccess: () => {
      tellDone(`${holder.name} no longer has the role ${roleName(role)}`);
      onClose();
    },
  });
  const whose = holder.kind === 'team' ? 'All members of the team lose' : 'They lose';
  return (
    <ConfirmDialog
      title="Take the role away?"
      confirm="Take it away"
      isBusy={take.isPending}
      error={take.error}
      onConfirm={() => take.mutate()}
      onClose={onClose}
    >
      <strong>{holder.name}</strong> has the role {roleName(role)}. {whose} what it gives with the next
      request, unless another role gives it too.
    </ConfirmDialog>
  );
}

function takeRole(roleUid: string, { kind, id }: Holder): Promise<unknown> {
  const asked = { params: { path: { id, roleUid } } };
  return kind === 'team'
    ? client.DELETE('/api/access-control/teams/{id}/roles/{roleUid}', asked)
    : client.DELETE('/api/access-control/users/{id}/roles/{roleUid}', asked);
}
