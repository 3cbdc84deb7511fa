import type { InventoriedKey } from '../../../../client/shapes.ts';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';

interface Props {
  apiKey: InventoriedKey;
  onClose(): void;
}

/** Asks before a key is deleted. */
export function DeleteKey({ apiKey: { id, name }, onClose }: Props) {
  const remove = api.useMutation('delete', '/api/auth/keys/{id}', {
    onSuccess: () => {
      tellDone(`API key ${name} was deleted`);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Delete API key ${name}?`}
      confirm="Delete"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ params: { path: { id } } })}
      onClose={onClose}
    >
      Whatever uses the key <strong>{name}</strong> is refused at once, and nobody can bring it back.
    </ConfirmDialog>
  );
}

/** Asks before a key is revoked. */
export function RevokeKey({ apiKey: { id, name }, onClose }: Props) {
  const revoke = api.useMutation('post', '/api/auth/keys/{id}/revoke', {
    onSuccess: () => {
      tellDone(`API key ${name} was revoked`);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Revoke API key ${name}?`}
      confirm="Revoke"
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate({ params: { path: { id } } })}
      onClose={onClose}
    >
      Whatever uses the key <strong>{name}</strong> is refused at once, for good. The key stays in this list,
      so that you see who asks for it before you delete it.
    </ConfirmDialog>
  );
}

/** Asks before one key becomes a token. */
export function MigrateKey({ apiKey: { id, name, role }, onClose }: Props) {
  const migrate = api.useMutation('post', '/api/serviceaccounts/migrate/{keyId}', {
    onSuccess: ({ key }) => {
      tellDone(
        key.serviceAccount === undefined
          ? `${name} stays a key: ${key.reason}`
          : `${name} is a token of the service account ${key.serviceAccount} now`,
      );
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Migrate API key ${name} to a service account?`}
      confirm="Migrate"
      isDangerous={false}
      isBusy={migrate.isPending}
      error={migrate.error}
      onConfirm={() => migrate.mutate({ params: { path: { keyId: id } } })}
      onClose={onClose}
    >
      The key <strong>{name}</strong> becomes a token of a new service account with the role {role}. Its
      secret and expiry date stay as they are: whatever uses it goes on working. It can be made a key again.
    </ConfirmDialog>
  );
}
