import { Group, List, Skeleton, Stack, Text } from '@mantine/core';
import { api } from '../../lib/api.ts';
import { ChangeText } from '../../parts/change-text.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Section } from '../../parts/section.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import { TimeText } from '../../parts/time-text.tsx';

const SHOWN = 10;
// Enough to be left with that many.
const ASKED = 25;

/** The last things that were changed here. */
export function LatestChanges() {
  const changes = api.useQuery('get', '/api/audit', { params: { query: { perpage: ASKED } } });
  // Who comes and goes, and who reads, is no change, and would push the changes out.
  const entries = changes.data?.entries
    .filter(({ object }) => object.kind !== 'session' && object.kind !== 'request')
    .slice(0, SHOWN);
  return (
    <Section title="Latest changes" actions={<TextLink to="/org/changes">All changes</TextLink>}>
      <ProblemAlert error={changes.error} onRetry={() => void changes.refetch()} />
      {changes.isPending && (
        <Stack gap="xs">
          {Array.from({ length: SHOWN }, (_, at) => (
            <Skeleton key={at} height="1.5rem" />
          ))}
        </Stack>
      )}
      {entries?.length === 0 && (
        <Text size="sm">Nothing was changed yet. Whatever people and machines change will be here.</Text>
      )}
      {entries !== undefined && entries.length > 0 && (
        <List listStyleType="none" spacing="xs" size="sm" aria-label="Latest changes">
          {entries.map((change) => (
            <List.Item key={change.id} styles={{ itemWrapper: { display: 'block' } }}>
              <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
                <ChangeText change={change} />
                <Text size="sm" c="dimmed" span>
                  <TimeText at={change.at} />
                </Text>
              </Group>
            </List.Item>
          ))}
        </List>
      )}
    </Section>
  );
}
