import { Code, Group, List, Stack, Text } from '@mantine/core';
import { CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { SERVER_URL } from '../../lib/api.ts';
import { useMay, useSession } from '../../lib/session.ts';
import { ButtonLink } from '../../parts/button-link.tsx';
import { Section } from '../../parts/section.tsx';
import { TextLink } from '../../parts/text-link.tsx';

/** What to do in an organization that lets no machine in yet. */
export function FirstSteps({ hasAccount }: { hasAccount: boolean }) {
  const may = useMay();
  const { settings } = useSession();
  const { keysMigrated, apiKeysHidden } = settings.latchkey;
  const mayAddKeys = may('apikeys:create') && !keysMigrated && !apiKeysHidden;
  return (
    <Section title="First steps" about="No machine can get in here yet. Three steps, and the first one can.">
      <List type="ordered" spacing="md" size="sm" aria-label="First steps">
        <Step title="Make a service account" isDone={hasAccount}>
          One for each thing that runs by itself: a pipeline, a Terraform run, a script. Its role says what it
          may do.
        </Step>
        <Step title="Add a token to it">
          On the page of the account. The token is shown once: put it where the pipeline keeps its secrets,
          and give it an end.
        </Step>
        <Step title="Use it">
          With each request, as in{' '}
          <Code>{`curl -H "Authorization: Bearer <token>" ${SERVER_URL}/api/org`}</Code>. Who asked what is
          shown here within seconds.
        </Step>
      </List>
      <Group gap="sm">
        {may('serviceaccounts:create') && (
          <ButtonLink to="/org/serviceaccounts">
            {hasAccount ? 'Go to the service accounts' : 'Make a service account'}
          </ButtonLink>
        )}
        {mayAddKeys && (
          <Text size="sm">
            Does it only know API keys? <TextLink to="/org/apikeys">Add an API key</TextLink> instead.
          </Text>
        )}
      </Group>
    </Section>
  );
}

function Step({ title, isDone = false, children }: { title: string; isDone?: boolean; children: ReactNode }) {
  return (
    <List.Item styles={{ itemWrapper: { display: 'inline' } }}>
      <Stack gap={2} component="span">
        <Group gap="xs" component="span">
          <Text span fw={600} size="sm">
            {title}
          </Text>
          {isDone && (
            <Text span size="sm" c="var(--page-good)">
              <CircleCheck size={14} aria-hidden /> Done
            </Text>
          )}
        </Group>
        <Text span size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {children}
        </Text>
      </Stack>
    </List.Item>
  );
}
