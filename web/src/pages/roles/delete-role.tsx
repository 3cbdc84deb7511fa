import { useNavigate } from '@tanstack/react-router';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { roleName } from '../../parts/role-picker.tsx';
import type { Role } from './role-tags.tsx';

/** Asks, and deletes a role, also where somebody has it. */
export function DeleteRole({ role, onClose }: { role: Role; onClose(): void }) {
  const navigate = useNavigate();
  const path = { uid: role.uid };
  const holders = api.useQuery('get', '/api/access-control/roles/{uid}/holders', {
    params: { path, query: { perpage: 1 } },
  });
  const remove = api.useMutation('delete', '/api/access-control/roles/{uid}', {
    meta: { leavesPage: true },
    onSuccess: async () => {
      tellDone(`Role ${roleName(role)} was deleted`);
      await navigate({ to: '/admin/roles', ignoreBlocker: true });
    },
  });
  return (
    <ConfirmDialog
      title="Delete role?"
      confirm="Delete role"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ params: { path, query: { force: true } } })}
      onClose={onClose}
    >
      <strong>{roleName(role)}</strong> goes. {whoLoses(role, holders.data?.totalCount)}
    </ConfirmDialog>
  );
}

function whoLoses({ global }: Role, count: number | undefined): string {
  if (global) return 'Whoever has it, in any organization, loses what it gives with their next request.';
  if (count === 0) return 'Nobody has it.';
  const who =
    count === undefined ? 'Whoever has it' : count === 1 ? 'The one who has it' : `All ${count} who have it`;
  return `${who} ${who.startsWith('All') ? 'lose' : 'loses'} what it gives with the next request.`;
}
