import type { ReactNode } from 'react';
import { useSession } from '../../lib/session.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { TextLink } from '../../parts/text-link.tsx';

/** In the place of the list when it has no key: why, and where to go. */
export function NoKeys({ expired, add }: { expired: number; add: ReactNode }) {
  const { settings } = useSession();
  const accounts = (
    <TextLink to="/org/serviceaccounts" underline="always">
      service accounts
    </TextLink>
  );
  if (expired > 0) {
    return (
      <EmptyState title="No API key is valid" advice="There are expired ones: the switch above shows them." />
    );
  }
  if (settings.latchkey.keysMigrated) {
    return <EmptyState title="No API key is left" advice={<>All of them are tokens of {accounts} now.</>} />;
  }
  return (
    <EmptyState
      title="No API keys yet"
      advice={<>For something new, {accounts} do more: several tokens, and a role that can be changed.</>}
      action={add}
    />
  );
}
