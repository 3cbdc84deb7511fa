import { type Static, type TProperties, Type } from 'typebox';
import { nullable } from '../../../http/schemas.ts';
import { instant, instantOrNull } from '../../http/time.ts';
import type { CloudOrgRow, MemberRow } from './orgs.store.ts';

// Grafana: what is billed. Clients of some versions take no answer without each of these; there is no billing here.
const BILLED = 'hg hm hmGraphite hl hlRetention ht hp irm k6Vuh k6IP feO11y geUsers geInstances'.split(' ');
const FIGURES = [
  ...BILLED.flatMap((of) =>
    ['Tier1Rate', 'Tier2Min', 'Tier2Rate', 'Tier3Min', 'Tier3Rate', 'Usage'].map((end) => of + end),
  ),
  ...BILLED.filter((of) => of !== 'hg' && of !== 'hm').map((of) => `${of}IncludedUsage`),
  ...[
    'awsMarketplaceSupport checksPerMonth contractTypeId creditApproved enterprisePlugins feO11yUnits gcloudMonthlyCost',
    'grafanaCloud hgCurrentActiveUsers hgGrafanaUsage hgIncludedUsers hgInstanceLimit hgOnCallUsage hlInstanceLimit',
    'hlQueryToIngestRatio hmAverageDpm hmCurrentUsage hmGraphiteInstanceCnt hmIncludedSeries hmInstanceLimit',
    'hmPrometheusInstanceCnt irmStatus k6VuhUnits retainedStackId userQuota',
  ].flatMap((line) => line.split(' ')),
];
const TEXTS = ['contractType', 'pluginSignatureType', 'privacy', 'reseller', 'supportPlan', 'wpPlan'];
const FLAGS = ['allowGCloudTrial', 'emergencySupport', 'isContractedLicenseAutoProvision'];
const NOTHING = [
  'cancellationDate hgPluginUsersIncludedUsage hgPluginUsersOverageRate msaSignedAt msaSignedBy resellerId resellerName',
  'trialEndDate trialLengthDays trialNoticeDate trialStartDate',
].flatMap((line) => line.split(' '));
const FIGURES_OF_MEMBER =
  'contractTypeId defaultOrg grafanaCloud hlUsage hmCurrentGraphiteUsage hmCurrentPrometheusUsage privacy'.split(
    ' ',
  );

// As grafana.com tells of one who has none.
const NO_SUBSCRIPTION = {
  current: {
    product: null,
    isTrial: false,
    startDate: null,
    endDate: null,
    payload: {},
    plan: null,
    publicName: null,
    enterprisePluginsAdded: false,
    planBillingCycle: null,
  },
  nextProduct: null,
  next: null,
};

const fields = (names: readonly string[], schema: () => TProperties[string]): TProperties =>
  Object.fromEntries(names.map((name) => [name, schema()]));
const filled = <T>(names: readonly string[], value: T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, value]));

const Subscriptions = Type.Object({
  current: Type.Object({
    ...fields(['isTrial', 'enterprisePluginsAdded'], () => Type.Boolean()),
    ...fields(['product', 'startDate', 'endDate', 'plan', 'publicName', 'planBillingCycle'], () =>
      Type.Null(),
    ),
    payload: Type.Object({}),
  }),
  nextProduct: Type.Null(),
  next: Type.Null(),
});

/** A cloud organization as grafana.com has it. */
export const Org = Type.Object({
  id: Type.Integer(),
  slug: Type.String(),
  name: Type.String(),
  url: Type.String(),
  createdAt: Type.String(),
  createdBy: nullable(Type.String()),
  updatedAt: nullable(Type.String()),
  updatedBy: nullable(Type.String()),
  avatar: nullable(Type.String()),
  links: Type.Array(Type.Object({ rel: Type.String(), href: Type.String() })),
  subscriptions: Subscriptions,
  ...fields(FIGURES, () => Type.Integer()),
  ...fields(TEXTS, () => Type.String()),
  ...fields(FLAGS, () => Type.Boolean()),
  ...fields(NOTHING, () => Type.Null()),
});

/** A member as grafana.com has it. */
export const Member = Type.Object({
  id: Type.Integer(),
  orgId: Type.Integer(),
  orgSlug: Type.String(),
  orgName: Type.String(),
  orgUrl: Type.String(),
  userId: Type.Integer(),
  userUsername: Type.String(),
  userName: Type.String(),
  userFirstName: Type.String(),
  userLastName: Type.String(),
  userEmail: Type.String(),
  userStatus: Type.Integer(),
  status: Type.Integer(),
  role: Type.String(),
  billing: Type.Integer(),
  createdAt: Type.String(),
  createdBy: Type.String(),
  updatedAt: nullable(Type.String()),
  updatedBy: Type.String(),
  allowGCloudTrial: Type.Boolean(),
  hgDatasourceCnts: Type.String(),
  marketplaceSubscription: Type.Null(),
  resellerId: Type.Null(),
  subscriptions: Subscriptions,
  ...fields(FIGURES_OF_MEMBER, () => Type.Integer()),
});

export function orgAnswer(row: CloudOrgRow): Static<typeof Org> {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    url: '',
    createdAt: instant(row.created_at),
    createdBy: null,
    updatedAt: instantOrNull(row.updated_at),
    updatedBy: null,
    avatar: null,
    links: [
      { rel: 'self', href: `/orgs/${row.slug}` },
      { rel: 'api_keys', href: `/orgs/${row.slug}/api-keys` },
      { rel: 'members', href: `/orgs/${row.slug}/members` },
    ],
    subscriptions: NO_SUBSCRIPTION,
    ...filled(FIGURES, 0),
    ...filled(TEXTS, ''),
    ...filled(FLAGS, false),
    ...filled(NOTHING, null),
  };
}

export function memberAnswer(org: CloudOrgRow, row: MemberRow): Static<typeof Member> {
  return {
    id: row.id,
    orgId: org.id,
    orgSlug: org.slug,
    orgName: org.name,
    orgUrl: '',
    userId: row.id,
    userUsername: row.username,
    userName: row.username,
    userFirstName: '',
    userLastName: '',
    userEmail: '',
    userStatus: 1,
    status: 1,
    role: row.role,
    billing: row.billing,
    createdAt: instant(row.created_at),
    createdBy: '',
    updatedAt: instantOrNull(row.updated_at),
    updatedBy: '',
    allowGCloudTrial: false,
    hgDatasourceCnts: '',
    marketplaceSubscription: null,
    resellerId: null,
    subscriptions: NO_SUBSCRIPTION,
    ...filled(FIGURES_OF_MEMBER, 0),
  };
}
