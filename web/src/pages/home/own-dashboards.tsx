import { List, SimpleGrid, Skeleton, Text } from '@mantine/core';
import { type Answer, api } from '../../lib/api.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Section } from '../../parts/section.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import { TimeText } from '../../parts/time-text.tsx';

type Hit = Answer<'/api/search/page', 'get'>['hits'][number];

const SHOWN = 8;

/** The dashboards that somebody has starred, and those that were changed last. */
export function OwnDashboards() {
  const starred = api.useQuery('get', '/api/search/page', {
    params: { query: { type: 'dash-db', starred: true, sort: 'alpha-asc', perpage: SHOWN } },
  });
  const latest = api.useQuery('get', '/api/search/page', {
    params: { query: { type: 'dash-db', sort: 'updated-desc', perpage: SHOWN } },
  });
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
      <Section title="Starred dashboards" actions={<TextLink to="/dashboards">All dashboards</TextLink>}>
        <Dashboards
          asked={starred}
          empty="You have starred none yet: the star is beside the title of each dashboard."
        />
      </Section>
      <Section title="Latest dashboards">
        <Dashboards
          asked={latest}
          empty="There is no dashboard yet that you may see. An Admin can give you the permission to see one."
          isDated
        />
      </Section>
    </SimpleGrid>
  );
}

interface Props {
  asked: { data: { hits: Hit[] } | undefined; error: unknown; refetch(): unknown };
  empty: string;
  /** Whether it tells when each was changed. */
  isDated?: boolean;
}

function Dashboards({ asked: { data, error, refetch }, empty, isDated = false }: Props) {
  if (data === undefined) {
    return error === null ? (
      <Skeleton height="10rem" />
    ) : (
      <ProblemAlert error={error} onRetry={() => void refetch()} />
    );
  }
  if (data.hits.length === 0) return <Text size="sm">{empty}</Text>;
  return (
    <List listStyleType="none" spacing="xs" size="sm">
      {data.hits.map((hit) => (
        <List.Item key={hit.uid} styles={{ itemWrapper: { display: 'block' } }}>
          <TextLink to="/d/$uid" params={{ uid: hit.uid }}>
            {hit.title}
          </TextLink>
          <Text size="xs" c="dimmed" component="div">
            {hit.folderTitle ?? 'General'}
            {isDated && (
              <>
                , changed <TimeText at={hit.updated} />
              </>
            )}
          </Text>
        </List.Item>
      ))}
    </List>
  );
}
