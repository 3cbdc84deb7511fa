import type { CloudWorld } from '../../../server/testing/cloud.ts';
import { ADMIN, type As, type World } from '../../../server/testing/world.ts';

const DAY_MS = 86_400_000;
const HOUR_S = 3600;

/** What tests name of it. */
export interface LivedIn {
  accountId: number;
  movedAccountId: number;
  teamId: number;
  userId: number;
  orgId: number;
  folderUid: string;
  dashboardUid: string;
  oldDashboardUid: string;
  dataSourceUid: string;
  roleUid: string;
}

export interface LivedInWithStacks extends LivedIn {
  stackId: number;
}

/** The same, with stacks beside it. */
export async function liveInWithStacks(world: CloudWorld): Promise<LivedInWithStacks> {
  const made = await liveIn(world);
  const path = '/api/admin/cloud/stacks';
  const make = async (name: string, more: object = {}): Promise<number> => {
    const { status, body } = await world.send(ADMIN, 'POST', path, { org: world.org, name, ...more });
    if (status !== 200) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
    return body.id;
  };
  const stackId = await make('Billing, staging', {
    slug: 'billing-staging',
    description: 'Where the billing team tries things out',
    labels: { team: 'billing' },
    deleteProtection: true,
  });
  await world.send(ADMIN, 'POST', `${path}/${await make('Load tests')}/suspend`);
  await world.send(ADMIN, 'DELETE', `${path}/${await make('Proof of concept')}`);
  return { ...made, stackId };
}

/** Fills the first organization of a new server with what a platform team would have there after a while. */
export async function liveIn(world: World): Promise<LivedIn> {
  // oxlint-disable-next-line typescript/no-explicit-any -- each answer has a shape of its own
  const post = async (path: string, body: object, as: As = ADMIN): Promise<any> => {
    const answer = await world.send(as, 'POST', path, body);
    if (answer.status >= 300)
      throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await world.send(ADMIN, 'PUT', '/api/org', { name: 'Platform' });

  await post('/api/auth/keys', { name: 'grafana-terraform-2021', role: 'Admin' });
  await post('/api/auth/keys', { name: 'nightly-report', role: 'Viewer', secondsToLive: 5 * 86_400 });
  await post('/api/auth/keys', { name: 'short-lived', role: 'Viewer', secondsToLive: HOUR_S });
  const backup = await post('/api/auth/keys', {
    name: 'backup-cron',
    role: 'Editor',
    secondsToLive: 25 * 86_400,
  });
  const moved = await post('/api/auth/keys', { name: 'alert-sync', role: 'Editor' });
  world.clock.advance(2 * HOUR_S * 1000);

  const ci = await post('/api/serviceaccounts', { name: 'ci-deploy', role: 'Editor' });
  const deploy = await post(`/api/serviceaccounts/${ci.id}/tokens`, {
    name: 'github-actions',
    secondsToLive: 20 * 86_400,
  });
  await post(`/api/serviceaccounts/${ci.id}/tokens`, { name: 'gitlab' });
  const revoked = await post(`/api/serviceaccounts/${ci.id}/tokens`, { name: 'leaked-in-march' });
  await post(`/api/serviceaccounts/${ci.id}/tokens/${revoked.id}/revoke`, {});
  const terraform = await post('/api/serviceaccounts', { name: 'terraform', role: 'Admin' });
  await post(`/api/serviceaccounts/${terraform.id}/tokens`, {
    name: 'state-apply',
    secondsToLive: 90 * 86_400,
  });
  await post('/api/serviceaccounts', { name: 'retired-exporter', role: 'Viewer', isDisabled: true });
  const migrated = await post(`/api/serviceaccounts/migrate/${moved.id}`, {});

  const folder = await post('/api/folders', { title: 'Production' });
  await post('/api/folders', { title: 'Databases', parentUid: folder.uid });
  await post('/api/folders', { title: 'Staging' });
  const dashboard = await post('/api/dashboards/db', {
    dashboard: REQUESTS,
    folderUid: folder.uid,
    message: 'First draft',
  });
  const changed = {
    ...REQUESTS,
    uid: dashboard.uid,
    panels: [...REQUESTS.panels, EXTRA_PANEL],
    tags: ['http', 'sla'],
  };
  await post('/api/dashboards/db', {
    dashboard: changed,
    folderUid: folder.uid,
    message: 'Show the error budget',
    overwrite: true,
  });
  const old = await post('/api/dashboards/db', { dashboard: OLD_ROWS });
  await post('/api/dashboards/db', { dashboard: { title: 'Queue depth', tags: ['queue'], panels: [] } });
  await post(`/api/user/stars/dashboard/uid/${dashboard.uid}`, {});

  const source = await post('/api/datasources', {
    name: 'Prometheus',
    type: 'prometheus',
    access: 'proxy',
    url: 'http://prometheus.internal:9090',
    isDefault: true,
    secureJsonData: { httpHeaderValue1: 'a header that nobody reads again' },
  });
  await post('/api/datasources', {
    name: 'Loki',
    type: 'loki',
    access: 'proxy',
    url: 'http://loki.internal:3100',
  });

  const users = [];
  for (const [login, name, role] of [
    ['maria', 'Maria Lindqvist', 'Admin'],
    ['tom', 'Tom Okafor', 'Editor'],
    ['yuki', 'Yuki Tanaka', 'Viewer'],
  ] as const) {
    const { id } = await post('/api/admin/users', {
      login,
      name,
      email: `${login}@example.org`,
      password: `password of ${login}`,
    });
    await world.send(ADMIN, 'PATCH', `/api/org/users/${id}`, { role });
    users.push(id);
  }
  const team = await post('/api/teams', { name: 'Observability', email: 'observability@example.org' });
  for (const userId of users.slice(0, 2)) await post(`/api/teams/${team.teamId}/members`, { userId });
  await post(`/api/access-control/folders/${folder.uid}`, {
    permissions: [{ teamId: team.teamId, permission: 'Edit' }],
  });
  const role = await post('/api/access-control/roles', {
    name: 'custom:key-steward',
    displayName: 'Key steward',
    description: 'Looks after keys and accounts, and after nothing else',
    group: 'Machines',
    permissions: [
      { action: 'apikeys:read', scope: 'apikeys:*' },
      { action: 'serviceaccounts:read', scope: 'serviceaccounts:*' },
    ],
  });
  const other = await post('/api/orgs', { name: 'Payments' });
  await post('/api/orgs', { name: 'Research' });
  await post(`/api/serviceaccounts/${ci.id}/orgs`, { orgId: other.orgId, role: 'Viewer' });

  await beUsed(world, deploy.key, backup.key);
  return {
    accountId: ci.id,
    movedAccountId: migrated.key.serviceAccountId,
    teamId: team.teamId,
    userId: users[1],
    orgId: other.orgId,
    folderUid: folder.uid,
    dashboardUid: dashboard.uid,
    oldDashboardUid: old.uid,
    dataSourceUid: source.datasource.uid,
    roleUid: role.uid,
  };
}

/** A day of requests, so that there is something to draw and to tell. */
async function beUsed(world: World, token: string, key: string): Promise<void> {
  for (let hour = 0; hour < 12; hour++) {
    const many = 2 + ((hour * 5) % 9);
    for (let count = 0; count < many; count++) {
      await world.send({ bearer: token }, 'GET', '/api/search');
      if (count % 2 === 0) await world.send({ bearer: key }, 'GET', '/api/folders');
      if (count % 5 === 0) await world.send({ bearer: key }, 'DELETE', '/api/folders/nothing-here');
    }
    if (hour % 4 === 0) await world.send({ bearer: key }, 'GET', '/api/admin/settings');
    world.clock.advance(DAY_MS / 24);
  }
}

const panel = (id: number, title: string, type: string, gridPos: object) => ({ id, title, type, gridPos });

const REQUESTS = {
  title: 'HTTP requests',
  tags: ['http'],
  schemaVersion: 38,
  panels: [
    panel(1, 'Requests per second', 'timeseries', { x: 0, y: 0, w: 12, h: 8 }),
    panel(2, 'Errors', 'timeseries', { x: 12, y: 0, w: 12, h: 8 }),
    panel(3, 'p99', 'stat', { x: 0, y: 8, w: 6, h: 5 }),
    panel(4, 'Slowest routes', 'table', { x: 6, y: 8, w: 18, h: 5 }),
  ],
};

const EXTRA_PANEL = panel(5, 'Error budget', 'gauge', { x: 0, y: 13, w: 8, h: 6 });

const OLD_ROWS = {
  title: 'Production Overview',
  tags: ['templated'],
  schemaVersion: 6,
  rows: [
    {
      title: 'Load',
      height: '250px',
      panels: [
        { id: 1, title: 'CPU', type: 'graph', span: 6 },
        { id: 2, title: 'Memory', type: 'graph', span: 6 },
      ],
    },
    { title: 'Disk', height: '200px', panels: [{ id: 3, title: 'Free space', type: 'singlestat', span: 4 }] },
  ],
};
