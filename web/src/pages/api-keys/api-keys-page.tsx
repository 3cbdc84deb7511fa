import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMay, useSession } from '../../lib/session.ts';
import { ButtonLink } from '../../parts/button-link.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { HiddenPage } from './hide-page.tsx';
import { KeyList } from './key-list.tsx';
import { NewKey } from './new-key.tsx';
import { SwitchSection } from './switch-section.tsx';

const ABOUT = 'Secrets of the older kind for scripts, each with a role of its own in this organization.';

/** The API keys of the organization, and the way from them to service accounts. */
export function ApiKeysPage() {
  const may = useMay();
  const { settings } = useSession();
  const [isAdding, adding] = useDisclosure(false);
  const { keysMigrated, apiKeysHidden } = settings.latchkey;
  if (apiKeysHidden) {
    return (
      <PageFrame title="API keys">
        <HiddenPage />
      </PageFrame>
    );
  }
  const add = may('apikeys:create') && <Button onClick={adding.open}>Add API key</Button>;
  return (
    <PageFrame title="API keys" about={ABOUT} actions={keysMigrated ? <NoNewKeys /> : add}>
      <SwitchSection />
      <KeyList add={add} />
      {isAdding && <NewKey onClose={adding.close} />}
    </PageFrame>
  );
}

function NoNewKeys() {
  return (
    <>
      <Text size="sm" c="dimmed">
        No new API keys here: they were migrated to service accounts.
      </Text>
      <ButtonLink to="/org/serviceaccounts">Go to service accounts</ButtonLink>
    </>
  );
}
