import { Anchor, Button, Group, Skeleton, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { KeyMigrationStatus } from '../../../../client/shapes.ts';
import { api, SERVER_URL } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { useMay } from '../../lib/session.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Section } from '../../parts/section.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import { counted } from './counted.ts';
import { HidePage } from './hide-page.tsx';
import { useMigration } from './migration.ts';
import { MigrationDialog } from './migration-dialog.tsx';
import { MigrationReport } from './migration-report.tsx';

/** The way from API keys to service accounts: what it is, how far it is, and the next step. */
export function SwitchSection() {
  const may = useMay();
  const [isAsking, asking] = useDisclosure(false);
  const [isHiding, hiding] = useDisclosure(false);
  const migration = useMigration();
  const status = api.useQuery(
    'get',
    '/api/serviceaccounts/migrationstatus',
    {},
    { enabled: may('serviceaccounts:read') },
  );
  const mayMigrate = may('serviceaccounts:create') && may('apikeys:delete');
  const { keys, next } = migration.progress;
  const isOver = !isAsking && !migration.isRunning && keys.length > 0;
  if (!may('serviceaccounts:read')) return null;
  return (
    <Section title="Switch from API keys to service accounts" about={<WhatItIs />}>
      <ProblemAlert error={status.error} onRetry={() => void status.refetch()} />
      {status.data === undefined ? (
        <Skeleton height="1.5em" maw="24rem" />
      ) : (
        <HowItStands status={status.data} />
      )}
      {mayMigrate && status.data !== undefined && (
        <Group gap="sm">
          {!(status.data.migrated && status.data.remaining === 0) && (
            <Button onClick={asking.open}>Migrate to service accounts now</Button>
          )}
          {status.data.migrated && (
            <Button variant="default" onClick={hiding.open}>
              Hide API keys page forever
            </Button>
          )}
        </Group>
      )}
      {isOver && <MigrationReport keys={keys} isWhole={next === undefined} />}
      {isAsking && status.data !== undefined && (
        <MigrationDialog
          status={status.data}
          migration={migration}
          onDone={(end) => {
            asking.close();
            if (end.next === undefined) tellDone('The API keys were migrated to service accounts');
          }}
          onClose={asking.close}
        />
      )}
      {isHiding && <HidePage onClose={hiding.close} />}
    </Section>
  );
}

function WhatItIs() {
  return (
    <>
      A service account can have several tokens, which can be exchanged without a gap, a role that can be
      changed, and one switch that stops them all. Migrating keeps each secret, role and expiry date, so
      scripts need no change.{' '}
      <Anchor inherit underline="always" href={`${SERVER_URL}/docs/api-keys`}>
        What exactly happens to a key
      </Anchor>
    </>
  );
}

function HowItStands({ status }: { status: KeyMigrationStatus }) {
  const { migrated, remaining, moved } = status;
  const accounts = (
    <TextLink to="/org/serviceaccounts" size="sm" underline="always">
      Service accounts
    </TextLink>
  );
  if (migrated) {
    return (
      <Text size="sm">
        API keys are over in this organization: {counted(moved, 'token')} of {accounts} used to be keys
        {remaining > 0 && `, and ${counted(remaining, 'key')} stayed behind: expired, or moved back`}.
      </Text>
    );
  }
  return (
    <Text size="sm">
      {counted(remaining, 'API key')} to migrate
      {moved > 0 && (
        <>
          , {moved.toLocaleString('en')} migrated already: see {accounts}
        </>
      )}
      .
    </Text>
  );
}
