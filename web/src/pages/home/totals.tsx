import { Paper, SimpleGrid, Skeleton, Text } from '@mantine/core';
import { type Answer, api } from '../../lib/api.ts';
import { useMay, useSession } from '../../lib/session.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { TextLink } from '../../parts/text-link.tsx';

type OfMachines = Answer<'/api/org/attention', 'get'>['totals'];

interface Total {
  title: string;
  to: string;
  count: number | undefined;
}

/** How much there is of everything; each leads to its list. */
export function Totals({ ofMachines }: { ofMachines: OfMachines | undefined }) {
  const may = useMay();
  const { settings } = useSession();
  const quotas = api.useQuery('get', '/api/org/quotas');
  const used = (target: string): number | undefined =>
    quotas.data?.find((quota) => quota.target === target)?.used;
  const hasKeys = may('apikeys:read') && !settings.latchkey.apiKeysHidden;
  const totals: Total[] = [
    ...(hasKeys ? [{ title: 'API keys', to: '/org/apikeys', count: ofMachines?.apiKeys }] : []),
    { title: 'Service accounts', to: '/org/serviceaccounts', count: ofMachines?.serviceAccounts },
    { title: 'Tokens', to: '/org/serviceaccounts', count: ofMachines?.tokens },
    { title: 'Dashboards', to: '/dashboards', count: used('dashboard') },
    { title: 'Data sources', to: '/datasources', count: used('data_source') },
    { title: 'Users', to: '/org/users', count: used('org_user') },
  ];
  return (
    <>
      <ProblemAlert error={quotas.error} onRetry={() => void quotas.refetch()} />
      <SimpleGrid cols={{ base: 2, xs: 3, lg: totals.length }} spacing="sm" component="ul" p={0} m={0}>
        {totals.map((total) => (
          <Tile key={total.title} {...total} />
        ))}
      </SimpleGrid>
    </>
  );
}

function Tile({ title, to, count }: Total) {
  return (
    <Paper component="li" p="sm" style={{ listStyle: 'none' }}>
      <Text size="sm">
        <TextLink to={to}>{title}</TextLink>
      </Text>
      <Skeleton visible={count === undefined} w="fit-content" miw="3rem">
        <Text size="xl" fw={600}>
          {(count ?? 0).toLocaleString('en')}
        </Text>
      </Skeleton>
    </Paper>
  );
}
