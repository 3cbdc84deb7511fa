import type { Body, Provider } from '../provider.ts';
import type { Attributes, Resource } from '../resource.ts';

export const serviceAccount: Resource = {
  type: 'grafana_service_account',
  plans: () => [
    { name: 'terraform', role: 'Editor', is_disabled: false },
    { name: 'terraform 2', role: 'Viewer', is_disabled: true },
    { name: 'terraform 2', role: 'None', is_disabled: false },
  ],
  async create({ post }, { is_disabled: isDisabled, ...plan }) {
    return String((await post('/api/serviceaccounts', { ...plan, isDisabled }, { success: 201 })).id);
  },
  async read({ find }, id) {
    const found = await find(`/api/serviceaccounts/${id}`);
    return found && { name: found.name, role: found.role, is_disabled: found.isDisabled };
  },
  async update({ patch }, id, { is_disabled: isDisabled, ...plan }) {
    await patch(`/api/serviceaccounts/${id}`, { ...plan, isDisabled }, { evenEmpty: ['isDisabled'] });
  },
  destroy: ({ remove }, id) => remove(`/api/serviceaccounts/${id}`),
  list: {
    path: '/api/serviceaccounts/search',
    size: 'perpage',
    first: 0,
    rows: ({ serviceAccounts }) => serviceAccounts,
    idIn: ({ id }) => id,
  },
};

const disabledServiceAccount: Resource = {
  ...serviceAccount,
  type: 'grafana_service_account, disabled and without a role from the start',
  plans: () => [{ name: 'terraform', role: 'None', is_disabled: true }],
};

export const token: Resource = {
  type: 'grafana_service_account_token',
  plans: ({ account }) => [{ name: 'terraform', service_account_id: account, seconds_to_live: 3600 }],
  shown: ({ name, service_account_id }) => ({ name, service_account_id, has_expired: false }),
  async create(provider, plan) {
    return `${plan['service_account_id']}:${(await issueToken(provider, plan)).id}`;
  },
  async read({ find }, id) {
    const [account, local] = id.split(':');
    const tokens: Body[] = (await find(`/api/serviceaccounts/${account}/tokens`)) ?? [];
    const found = tokens.find((row) => String(row.id) === local);
    return found && { name: found.name, service_account_id: Number(account), has_expired: found.hasExpired };
  },
  destroy({ remove }, id) {
    const [account, local] = id.split(':');
    return remove(`/api/serviceaccounts/${account}/tokens/${local}`);
  },
};

/** What a token is made by; its key is in the state alone. */
export function issueToken({ post }: Provider, plan: Attributes): Promise<Issued> {
  const { name, service_account_id: account, seconds_to_live: secondsToLive } = plan;
  return post(`/api/serviceaccounts/${account}/tokens`, { name, secondsToLive });
}

/** What an API key is made by. */
export function issueKey({ post }: Provider, plan: Attributes): Promise<Issued> {
  const { name, role, seconds_to_live: secondsToLive } = plan;
  return post('/api/auth/keys', { name, role, secondsToLive });
}

interface Issued {
  id: number;
  key: string;
}

export const apiKey: Resource = {
  type: 'grafana_api_key',
  plans: () => [{ name: 'terraform', role: 'Viewer', seconds_to_live: 3600 }],
  shown: ({ name, role }) => ({ name, role }),
  async create(provider, plan) {
    return String((await issueKey(provider, plan)).id);
  },
  async read({ get }, id) {
    const keys: Body[] = await get('/api/auth/keys?includeExpired=false');
    const found = keys.find((row) => String(row.id) === id);
    return found && { name: found.name, role: found.role };
  },
  destroy: ({ remove }, id) => remove(`/api/auth/keys/${id}`),
};

export const machines = [serviceAccount, disabledServiceAccount, token, apiKey];
