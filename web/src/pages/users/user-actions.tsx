import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { tellDone } from '../../lib/notify.ts';
import { useMayOnServer, useSession } from '../../lib/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { DeedButtons } from '../../parts/deed-buttons.tsx';
import type { User } from './server-user-page.tsx';
import { type Deed, DEEDS } from './user-deeds.ts';

/** What an administrator can do to somebody as a whole. */
export function UserActions({ user }: { user: User }) {
  const mayOnServer = useMayOnServer();
  const { user: self } = useSession();
  const [asked, setAsked] = useState<Deed>();
  const offered = DEEDS.filter(
    ({ needs, isFor }) => mayOnServer(needs) && isFor(user, { isOneself: user.id === self.id }),
  );
  return (
    <>
      <DeedButtons deeds={offered} onAsk={(deed) => setAsked(deed)} />
      {asked !== undefined && <Ask deed={asked} user={user} onClose={() => setAsked(undefined)} />}
    </>
  );
}

function Ask({ deed, user, onClose }: { deed: Deed; user: User; onClose(): void }) {
  const navigate = useNavigate();
  const { user: self } = useSession();
  const doing = useMutation({
    mutationFn: async () => {
      await deed.run(user.id);
      const leadsTo = deed.leadsTo?.({ isOneself: user.id === self.id });
      // Before everything on the screen is asked for again: this page would find nothing, or may not look any more.
      if (leadsTo !== undefined) await navigate({ to: leadsTo, ignoreBlocker: true });
    },
    onSuccess: () => {
      tellDone(deed.done(user.login));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`${deed.title}: ${user.login}`}
      confirm={deed.title}
      isDangerous={deed.isDangerous}
      {...(deed.isTyped === true ? { typed: user.login } : {})}
      isBusy={doing.isPending}
      error={doing.error}
      onConfirm={() => doing.mutate()}
      onClose={onClose}
    >
      {deed.meaning(user.login)}
    </ConfirmDialog>
  );
}
