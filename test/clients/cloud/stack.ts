import { type Body, type Client } from './client.ts';

/** A block `grafana_cloud_stack` of a configuration; what is left out is not in it. */
export interface StackConfig {
  name: string;
  slug: string;
  region_slug: string;
  url?: string;
  description?: string;
  labels?: Record<string, string>;
  delete_protection?: boolean;
}

/** How a generation of the provider manages a stack. */
export interface StackResource {
  /** Gives the id of the state. */
  create(client: Client, config: StackConfig): Promise<string>;
  /** The attributes of the state, or undefined where it is to be made anew. */
  read(client: Client, id: string): Promise<Record<string, unknown> | undefined>;
  update(client: Client, id: string, config: StackConfig): Promise<void>;
  destroy(client: Client, id: string): Promise<void>;
  /** What the next plan would change. */
  plan(config: StackConfig, state: Record<string, unknown>): string[];
}

// What grafana.com's client of generation 2 takes no instance without.
const REQUIRED =
  'alertCnt alertQuota amInstanceGeneratorUrl amInstanceGeneratorUrlDatasource amInstanceId amInstanceName amInstanceStatus amInstanceUrl ' +
  'billingActiveUsers billingEndDate billingGrafanaActiveUsers billingOnCallActiveUsers billingStartDate clusterId clusterName clusterSlug ' +
  'createdAt createdBy currentActiveAdminUsers currentActiveEditorUsers currentActiveUsers currentActiveViewerUsers customAuth customDomain ' +
  'dailyAdminCnt dailyEditorCnt dailyUserCnt dailyViewerCnt dashboardCnt dashboardQuota datasourceCnts description gateway ' +
  'hlInstanceCurrentUsage hlInstanceId hlInstanceName hlInstanceStatus hlInstanceUrl hmInstanceGraphiteCurrentUsage hmInstanceGraphiteId ' +
  'hmInstanceGraphiteName hmInstanceGraphiteStatus hmInstanceGraphiteType hmInstanceGraphiteUrl hmInstancePromCurrentActiveSeries ' +
  'hmInstancePromCurrentUsage hmInstancePromId hmInstancePromName hmInstancePromStatus hmInstancePromUrl htInstanceId htInstanceName ' +
  'htInstanceStatus htInstanceUrl hpInstanceId hpInstanceName hpInstanceStatus hpInstanceUrl id incident machineLearning name orgId orgName ' +
  'orgSlug plan planName regionId regionSlug regionPublicName provider providerRegion runningVersion slug ssl status support trial ' +
  'trialExpiresAt updatedAt updatedBy url userQuota version agentManagementInstanceId agentManagementInstanceUrl agentManagementInstanceName ' +
  'agentManagementInstanceStatus type k6OrgId links deleteProtection';

function instanceOf(body: Body): Body {
  const missing = REQUIRED.split(' ').filter((field) => !Object.hasOwn(body, field));
  if (missing.length > 0) throw new Error(`no value given for required property ${missing.join(', ')}`);
  return body;
}

function stateOf(stack: Body): Record<string, unknown> {
  return {
    name: stack.name,
    slug: stack.slug,
    url: stack.url,
    status: stack.status,
    region_slug: stack.regionSlug,
    description: stack.description,
    labels: stack.labels,
    delete_protection: stack.deleteProtection,
    org_slug: stack.orgSlug,
    // Kept as 32 bits with a point: beyond 16,777,216 it would be another number.
    id: String(Math.fround(stack.id)),
  };
}

/** What differs, with what is not configured at its default. */
function differences(
  config: StackConfig,
  state: Record<string, unknown>,
  known: (keyof StackConfig)[],
): string[] {
  const empty = { description: '', labels: {}, delete_protection: false };
  const wanted: Record<string, unknown> = { ...empty, ...config };
  return known.filter((name) => JSON.stringify(wanted[name]) !== JSON.stringify(state[name]));
}

/** Generation 1: its url is whatever the server says. It deletes by slug, and waits with a HEAD request. */
const first: StackResource = {
  async create(client, { name, slug, region_slug, url = '', description = '' }) {
    const { id } = await client.post('/api/instances', { name, slug, url, region: region_slug, description });
    const state = await first.read(client, String(id));
    const status = await client.probe(String(state?.['url']), 'HEAD');
    if (status !== 200) throw new Error(`stack was not ready: ${status}`);
    return String(id);
  },
  async read(client, id) {
    const stack = await client.find(`/api/instances/${id}`);
    return stack === undefined || stack.status === 'deleted' ? undefined : stateOf(stack);
  },
  async update(client, id, { name, slug, description = '' }) {
    const stack = await client.get(`/api/instances/${id}`);
    await client.post(`/api/instances/${stack.id}`, { name, slug, description });
  },
  async destroy(client, id) {
    const { slug } = await client.get(`/api/instances/${id}`);
    await client.remove(`/api/instances/${slug}`);
  },
  plan: (config, state) => differences(config, state, ['name', 'slug', 'region_slug', 'description']),
};

async function waitUntilReady(client: Client, url: string): Promise<void> {
  const statuses = [
    await client.probe(`${url}/login?disableAutoLogin=true`),
    await client.probe(`${url}/api/health`),
  ];
  if (statuses.some((status) => status !== 200)) throw new Error(`stack was not ready: ${statuses.join()}`);
}

async function readWithConnections(client: Client, id: string): Promise<Record<string, unknown> | undefined> {
  const stack = await client.find(`/api/instances/${id}`);
  if (stack === undefined) return undefined;
  const connections = await client.get(`/api/instances/${id}/connections`);
  if (!Array.isArray(connections.privateConnectivityInfo?.tenants))
    throw new Error('no privateConnectivityInfo');
  return stateOf(instanceOf(stack));
}

/** Without a url in the configuration, only the one at grafana.net is no difference: a stack of ours needs its own there. */
function planOfLater(config: StackConfig, state: Record<string, unknown>): string[] {
  const changes = differences(config, state, [
    'name',
    'slug',
    'region_slug',
    'description',
    'labels',
    'delete_protection',
  ]);
  const isDefault = config.url === undefined && state['url'] === `https://${config.slug}.grafana.net`;
  return config.url === state['url'] || isDefault ? changes : [...changes, 'url'];
}

function later(waits: (client: Client, url: string) => Promise<void>): StackResource {
  const sent = (config: StackConfig) => ({
    name: config.name,
    slug: config.slug,
    description: config.description ?? '',
    labels: config.labels ?? {},
    ...(config.delete_protection === undefined ? {} : { deleteProtection: config.delete_protection }),
  });
  return {
    async create(client, config) {
      const body = { ...sent(config), url: config.url ?? '', region: config.region_slug };
      const { id, url } = instanceOf(await client.post('/api/instances', body));
      await waits(client, url);
      return String(id);
    },
    read: readWithConnections,
    async update(client, id, config) {
      const url = config.url ?? `https://${config.slug}.grafana.net`;
      instanceOf(await client.post(`/api/instances/${id}`, { ...sent(config), url }));
    },
    destroy: (client, id) => client.remove(`/api/instances/${id}`),
    plan: planOfLater,
  };
}

/** Generation 4: the newer form, in which the server says when a stack is ready; it is read in both. */
const fourth: StackResource = {
  async create(client, config) {
    if (await client.find(`/api/instances/${config.slug}`))
      throw new Error(`slug ${config.slug} is already used`);
    const stack = await client.post('/api/v1/stacks', {
      name: config.name,
      slug: config.slug,
      org: '',
      region: config.region_slug,
      url: config.url ?? null,
      description: config.description ?? null,
      labels: config.labels ?? {},
      deleteProtection: config.delete_protection ?? false,
    });
    const { ready } = await client.get(`/api/v1/stacks/${stack.id}/readiness`);
    if (ready !== true) throw new Error('stack was not ready');
    await waitUntilReady(client, stack.url);
    return String(stack.id);
  },
  async read(client, id) {
    const state = await readWithConnections(client, id);
    if (state === undefined) return undefined;
    const { tenants } = await client.get(`/api/v1/stacks/${id}/connections`);
    if (!Array.isArray(tenants)) throw new Error('no tenants');
    return state;
  },
  async update(client, id, config) {
    await client.post(`/api/v1/stacks/${id}`, {
      name: config.name,
      slug: config.slug,
      url: config.url ?? null,
      description: config.description ?? null,
      labels: config.labels ?? {},
      deleteProtection: config.delete_protection ?? false,
    });
  },
  destroy: (client, id) => client.remove(`/api/v1/stacks/${id}`),
  plan: planOfLater,
};

/** By generation of the provider. */
export const STACK: Record<number, StackResource> = {
  1: first,
  2: later(async (client, url) => {
    const status = await client.probe(url, 'HEAD');
    if (status !== 200) throw new Error(`stack was not ready: ${status}`);
  }),
  3: later(waitUntilReady),
  4: fourth,
};
