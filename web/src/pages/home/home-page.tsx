import { Stack } from '@mantine/core';
import { useSession } from '../../lib/session.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import { LatestChanges } from './latest-changes.tsx';
import { MachineAccess } from './machine-access.tsx';
import { OwnDashboards } from './own-dashboards.tsx';
import { OwnPart } from './own-part.tsx';

/** What is going on in the organization, as far as the person may know; for everybody else, what is theirs. */
export function HomePage() {
  const { user, settings } = useSession();
  const { orgActions } = settings.latchkey;
  if (user.orgId === 0) return <NoOrganization />;
  const looksAfterMachines = orgActions['serviceaccounts:read'] === true;
  const seesChanges = orgActions['orgs:write'] === true;
  const isCaretaker = looksAfterMachines || seesChanges;
  return (
    <PageFrame
      title={user.orgName}
      about={
        isCaretaker
          ? 'What is going on here: what needs attention, who asks what, and what was changed.'
          : 'What is yours here, and what you may do.'
      }
    >
      <Stack gap="lg">
        {looksAfterMachines && <MachineAccess />}
        {seesChanges && <LatestChanges />}
        {!isCaretaker && <OwnDashboards />}
        {!isCaretaker && <OwnPart />}
      </Stack>
    </PageFrame>
  );
}

function NoOrganization() {
  return (
    <PageFrame title="Home">
      <EmptyState
        title="You are in no organization yet"
        advice="An Admin of one can add you to it, by your name or email; then load this page again."
        action={<TextLink to="/profile">To your profile</TextLink>}
      />
    </PageFrame>
  );
}
