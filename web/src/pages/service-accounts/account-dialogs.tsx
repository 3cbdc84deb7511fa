import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';

interface Props {
  account: { id: number; name: string; isDisabled: boolean; tokens: number };
  onDone(): void;
  onClose(): void;
}

interface DeleteProps extends Props {
  /** Whether the page of the account ends with it. */
  leavesPage?: boolean;
}

/** Asks before an account stops working, or works again. */
export function EnableAccount({ account: { id, name, isDisabled }, onDone, onClose }: Props) {
  const change = api.useMutation('patch', '/api/serviceaccounts/{id}', {
    onSuccess: () => {
      tellDone(`Service account ${name} is ${isDisabled ? 'enabled' : 'disabled'}`);
      onDone();
    },
  });
  const verb = isDisabled ? 'Enable' : 'Disable';
  return (
    <ConfirmDialog
      title={`${verb} service account ${name}?`}
      confirm={verb}
      isDangerous={!isDisabled}
      isBusy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ params: { path: { id } }, body: { isDisabled: !isDisabled } })}
      onClose={onClose}
    >
      {isDisabled ? (
        <>
          All tokens of <strong>{name}</strong> that have neither expired nor been revoked work again at once.
        </>
      ) : (
        <>
          All tokens of <strong>{name}</strong> are refused at once, until you enable it again. Nothing is
          deleted.
        </>
      )}
    </ConfirmDialog>
  );
}

/** Asks before an account goes with all its tokens. */
export function DeleteAccount({ account, leavesPage = false, onDone, onClose }: DeleteProps) {
  const { id, name, tokens } = account;
  const remove = api.useMutation('delete', '/api/serviceaccounts/{id}', {
    meta: { leavesPage },
    onSuccess: () => {
      tellDone(`Service account ${name} was deleted`);
      onDone();
    },
  });
  const taken =
    tokens === 0 ? '' : tokens === 1 ? ', its token' : `, its ${tokens.toLocaleString('en')} tokens`;
  return (
    <ConfirmDialog
      title={`Delete service account ${name}?`}
      confirm="Delete"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ params: { path: { id } } })}
      onClose={onClose}
    >
      <strong>{name}</strong>
      {taken} and its permissions go for good, and whatever uses them is refused at once. To stop it for a
      while, disable it instead.
    </ConfirmDialog>
  );
}
