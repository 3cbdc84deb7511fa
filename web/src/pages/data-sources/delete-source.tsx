import { useNavigate } from '@tanstack/react-router';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import type { DataSource } from './source-values.ts';

/** Asks, and deletes a data source with its secrets and permissions. */
export function DeleteSource({ source: { uid, name }, onClose }: { source: DataSource; onClose(): void }) {
  const navigate = useNavigate();
  const remove = api.useMutation('delete', '/api/datasources/uid/{uid}', {
    meta: { leavesPage: true },
    onSuccess: async () => {
      tellDone(`Data source ${name} was deleted`);
      await navigate({ to: '/datasources', ignoreBlocker: true });
    },
  });
  return (
    <ConfirmDialog
      title="Delete data source?"
      confirm="Delete"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ params: { path: { uid } } })}
      onClose={onClose}
    >
      <strong>{name}</strong> goes, with its secrets and the permissions on it. Dashboards that use it stay,
      and get nothing from it any more.
    </ConfirmDialog>
  );
}
