import { useMutation } from '@tanstack/react-query';
import { tellDone } from '../../lib/notify.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import type { Stack } from './stack.ts';
import type { Deed } from './stack-deeds.ts';

/** Asks before something is done to a stack. */
export function AskDeed({ deed, stack, onClose }: { deed: Deed; stack: Stack; onClose(): void }) {
  const doing = useMutation({
    mutationFn: () => deed.run(stack.id),
    onSuccess: () => {
      tellDone(deed.done(stack.slug));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`${deed.title} stack ${stack.slug}?`}
      confirm={deed.title}
      isDangerous={deed.isDangerous}
      {...(deed.isTyped === true ? { typed: stack.slug } : {})}
      isBusy={doing.isPending}
      error={doing.error}
      onConfirm={() => doing.mutate()}
      onClose={onClose}
    >
      {deed.meaning(stack)}
    </ConfirmDialog>
  );
}
