import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';

interface Props {
  uid: string;
  version: number;
  newest: number;
  onRestored?: () => void;
  onClose(): void;
}

/** Asks before an older version is made the newest. */
export function RestoreDialog({ uid, version, newest, onRestored, onClose }: Props) {
  const restore = api.useMutation('post', '/api/dashboards/uid/{uid}/restore', {
    onSuccess: (saved) => {
      tellDone(`Restored version ${version} as version ${saved.version}`);
      onClose();
      onRestored?.();
    },
  });
  return (
    <ConfirmDialog
      title={`Restore version ${version}?`}
      confirm={`Yes, restore to version ${version}`}
      isDangerous={false}
      isBusy={restore.isPending}
      error={restore.error}
      onConfirm={() => restore.mutate({ params: { path: { uid } }, body: { version } })}
      onClose={onClose}
    >
      The dashboard becomes what it was in version {version}, as version {newest + 1}. Version {newest} stays
      in this list.
    </ConfirmDialog>
  );
}
