import { type Static, type TProperties, Type } from 'typebox';
import { GRAFANA_VERSION } from '../../../http/version.ts';
import { nullable } from '../../../http/schemas.ts';
import { urlOfStack } from '../../addresses.ts';
import type { CloudContext } from '../../context.ts';
import type { StackRow } from '../../db/schema.ts';
import { instant, instantOrNull } from '../../http/time.ts';
import { findRegion, SERVICES, type Service } from '../regions/regions.ts';
import { statusOf } from './stacks.ts';

// Grafana: what each attached service is called in an instance, and at the end of its own name.
const PREFIXES: Record<Service, [prefix: string, end: string]> = {
  metrics: ['hmInstanceProm', 'prom'],
  graphite: ['hmInstanceGraphite', 'graphite'],
  logs: ['hlInstance', 'logs'],
  alertmanager: ['amInstance', 'alerts'],
  traces: ['htInstance', 'traces'],
  profiles: ['hpInstance', 'profiles'],
  fleet: ['agentManagementInstance', 'fleet'],
};
// Grafana: figures of what is billed. Clients of some versions take no answer without them; nothing is counted here.
const FIGURES = [
  'alertCnt alertQuota billingActiveUsers billingGrafanaActiveUsers billingOnCallActiveUsers currentActiveAdminUsers',
  'currentActiveEditorUsers currentActiveUsers currentActiveViewerUsers dailyAdminCnt dailyEditorCnt dailyUserCnt',
  'dailyViewerCnt dashboardCnt dashboardQuota hlInstanceBillingUsage hlInstanceCurrentUsage hmInstanceGraphiteBillingUsage',
  'hmInstanceGraphiteCurrentUsage hmInstancePromBillingUsage hmInstancePromCurrentActiveSeries hmInstancePromCurrentUsage',
  'hpInstanceBillingUsage hpInstanceCurrentUsage htInstanceBillingUsage htInstanceCurrentUsage incident machineLearning',
  'trial userQuota amInstanceClusterId hlInstanceClusterId hmInstanceGraphiteClusterId hmInstancePromClusterId',
  'hpInstanceClusterId htInstanceClusterId agentManagementInstanceClusterId',
].flatMap((line) => line.split(' '));
// Likewise, of what is not here.
const TEXTS = [
  'amInstanceGeneratorUrl amInstanceGeneratorUrlDatasource gateway hmInstanceGraphiteType machineLearningLogsToken',
  'usageStatsId regionStackStateServiceUrl regionSyntheticMonitoringApiUrl regionInsightsApiUrl regionIntegrationsApiUrl',
  'regionHostedExportersApiUrl regionMachineLearningApiUrl regionLLMGatewayUrl regionAssistantUrl regionSigilUrl',
].flatMap((line) => line.split(' '));
const NOTHING = ['billingEndDate', 'billingStartDate', 'k6OrgId', 'trialExpiresAt'];

const fields = (names: readonly string[], schema: () => TProperties[string]): TProperties =>
  Object.fromEntries(names.map((name) => [name, schema()]));
const ofServices = Object.fromEntries(
  SERVICES.flatMap((service) => {
    const [prefix] = PREFIXES[service];
    const text = ['Url', 'Name', 'Status'].map((end) => [prefix + end, Type.String()] as const);
    return [[`${prefix}Id`, Type.Integer()] as const, ...text];
  }),
);
const Link = Type.Object({ rel: Type.String(), href: Type.String() });
const Labels = Type.Record(Type.String(), Type.String());

const Plain = {
  id: Type.Integer(),
  orgId: Type.Integer(),
  orgSlug: Type.String(),
  orgName: Type.String(),
  type: Type.String(),
  name: Type.String(),
  url: Type.String(),
  slug: Type.String(),
  version: Type.String(),
  runningVersion: Type.String(),
  description: Type.String(),
  status: Type.String(),
  labels: Labels,
  deleteProtection: Type.Boolean(),
  createdAt: Type.String(),
  createdBy: Type.String(),
  updatedAt: nullable(Type.String()),
  updatedBy: nullable(Type.String()),
  plan: Type.String(),
  planName: Type.String(),
  clusterId: Type.Integer(),
  clusterSlug: Type.String(),
  clusterName: Type.String(),
  regionId: Type.Integer(),
  regionSlug: Type.String(),
  regionPublicName: Type.String(),
  provider: Type.String(),
  providerRegion: Type.String(),
  customAuth: Type.Boolean(),
  customDomain: Type.Boolean(),
  ssl: Type.Boolean(),
  support: Type.Boolean(),
  datasourceCnts: Type.Object({}),
  links: Type.Array(Link),
};

/** A stack as grafana.com has it. */
export const Instance = Type.Object({
  ...Plain,
  ...ofServices,
  ...fields(FIGURES, () => Type.Integer()),
  ...fields(TEXTS, () => Type.String()),
  ...fields(NOTHING, () => Type.Null()),
});

/** The same in the newer form. */
export const StackV1 = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  slug: Type.String(),
  url: Type.String(),
  description: Type.String(),
  region: Type.String(),
  labels: Labels,
  deleteProtection: Type.Boolean(),
  orgId: Type.Integer(),
  orgSlug: Type.String(),
});

type Org = { id: number; slug: string; name: string };

export function instanceAnswer({ config }: CloudContext, org: Org, stack: StackRow): Static<typeof Instance> {
  const region = findRegion(config, stack.region);
  const url = urlOfStack(config, stack);
  const plain = {
    id: stack.id,
    orgId: org.id,
    orgSlug: org.slug,
    orgName: org.name,
    type: 'grafananet',
    name: stack.name,
    url,
    slug: stack.slug,
    version: GRAFANA_VERSION,
    runningVersion: GRAFANA_VERSION,
    description: stack.description,
    status: statusOf(stack),
    labels: JSON.parse(stack.labels) as Record<string, string>,
    deleteProtection: stack.delete_protection === 1,
    createdAt: instant(stack.created_at),
    createdBy: stack.created_by,
    updatedAt: instantOrNull(stack.updated_at),
    updatedBy: stack.updated_by,
    plan: 'latchkey',
    planName: 'Latchkey',
    clusterId: region?.id ?? 0,
    clusterSlug: region?.cluster ?? '',
    clusterName: region?.cluster ?? '',
    regionId: region?.id ?? 0,
    regionSlug: stack.region,
    regionPublicName: region?.name ?? stack.region,
    provider: region?.provider ?? '',
    providerRegion: stack.region,
    customAuth: false,
    customDomain: false,
    ssl: url.startsWith('https:'),
    support: false,
    datasourceCnts: {},
    links: [
      { rel: 'self', href: `/instances/${stack.slug}` },
      { rel: 'org', href: `/orgs/${org.slug}` },
      { rel: 'plugins', href: `/instances/${stack.slug}/plugins` },
    ],
  };
  const attached = SERVICES.flatMap((service, at) => {
    const [prefix, end] = PREFIXES[service];
    const address = region?.urls[service] ?? '';
    const isThere = address !== '';
    return [
      [`${prefix}Id`, isThere ? stack.id * 10 + at : 0],
      [`${prefix}Url`, address],
      [`${prefix}Name`, isThere ? `${stack.slug}-${end}` : ''],
      [`${prefix}Status`, isThere ? 'active' : ''],
    ];
  });
  return {
    ...Object.fromEntries([
      ...attached,
      ...FIGURES.map((name) => [name, 0]),
      ...TEXTS.map((name) => [name, '']),
      ...NOTHING.map((name) => [name, null]),
    ]),
    ...plain,
  } as Static<typeof Instance>;
}

export function stackV1Answer({ config }: CloudContext, org: Org, stack: StackRow): Static<typeof StackV1> {
  return {
    id: stack.id,
    name: stack.name,
    slug: stack.slug,
    url: urlOfStack(config, stack),
    description: stack.description,
    region: stack.region,
    labels: JSON.parse(stack.labels) as Record<string, string>,
    deleteProtection: stack.delete_protection === 1,
    orgId: org.id,
    orgSlug: org.slug,
  };
}
