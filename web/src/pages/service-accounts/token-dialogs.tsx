import { useNavigate } from '@tanstack/react-router';
import type { Token } from '../../../../client/shapes.ts';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';

export interface Account {
  id: number;
  name: string;
  /** How many it has. */
  tokens: number;
}

interface Props {
  account: Account;
  token: Token;
  onClose(): void;
}

/** Asks before a token is revoked. */
export function RevokeToken({ account, token: { id, name }, onClose }: Props) {
  const revoke = api.useMutation('post', '/api/serviceaccounts/{id}/tokens/{tokenId}/revoke', {
    onSuccess: () => {
      tellDone(`Token ${name} was revoked`);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Revoke token ${name}?`}
      confirm="Revoke"
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate({ params: { path: { id: account.id, tokenId: id } } })}
      onClose={onClose}
    >
      Whatever uses the token <strong>{name}</strong> is refused at once, for good. It stays in this list
      until you delete it.
    </ConfirmDialog>
  );
}

/** Asks before a token is deleted. */
export function DeleteToken({ account, token: { id, name }, onClose }: Props) {
  const remove = api.useMutation('delete', '/api/serviceaccounts/{id}/tokens/{tokenId}', {
    onSuccess: () => {
      tellDone(`Token ${name} was deleted`);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Delete token ${name}?`}
      confirm="Delete"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ params: { path: { id: account.id, tokenId: id } } })}
      onClose={onClose}
    >
      Whatever uses the token <strong>{name}</strong> of {account.name} is refused at once, and nobody can
      bring it back.
    </ConfirmDialog>
  );
}

/** Asks before a token becomes the API key again that it was. */
export function RevertToken({ account, token: { id, name }, onClose }: Props) {
  const navigate = useNavigate();
  const isLast = account.tokens === 1;
  const revert = api.useMutation('post', '/api/serviceaccounts/{id}/revert/{keyId}', {
    meta: { leavesPage: isLast },
    onSuccess: async () => {
      tellDone(`${name} is an API key again`);
      if (!isLast) return onClose();
      await navigate({ to: '/org/serviceaccounts', ignoreBlocker: true });
    },
  });
  return (
    <ConfirmDialog
      title={`Make ${name} an API key again?`}
      confirm="Make it an API key"
      isBusy={revert.isPending}
      error={revert.error}
      onConfirm={() => revert.mutate({ params: { path: { id: account.id, keyId: id } } })}
      onClose={onClose}
    >
      The secret goes on working, with the role that the account has now.{' '}
      {isLast && (
        <>
          It is the only token of <strong>{account.name}</strong>, so the account is deleted.
        </>
      )}
    </ConfirmDialog>
  );
}
