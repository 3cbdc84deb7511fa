import type { Body, Provider } from '../provider.ts';
import type { Attributes, Resource } from '../resource.ts';

// Neither `url` nor `basic_auth_username` can be emptied, in Grafana either: what is left out of a change stays.
const dataSource: Resource = {
  type: 'grafana_data_source',
  plans: () => [
    {
      uid: 'terraform',
      name: 'Terraform',
      type: 'influxdb',
      url: 'http://influx:8086',
      access_mode: 'proxy',
      is_default: false,
      basic_auth_enabled: true,
      basic_auth_username: 'reader',
      database_name: 'numbers',
      username: 'writer',
      json_data_encoded: { httpMethod: 'POST', httpHeaderName1: 'X-One', nested: { empty: null } },
      secure_json_data_encoded: { basicAuthPassword: 'secret', httpHeaderValue1: 'value' },
    },
    {
      uid: 'terraform',
      name: 'Terraform 2',
      type: 'prometheus',
      url: 'http://prometheus:9090',
      access_mode: 'direct',
      is_default: false,
      basic_auth_enabled: false,
      basic_auth_username: 'reader',
      database_name: '',
      username: '',
      json_data_encoded: {},
      secure_json_data_encoded: { basicAuthPassword: 'other', httpHeaderValue1: 'value', password: 'more' },
    },
  ],
  shown: ({ secure_json_data_encoded: secrets, ...plan }) => ({
    ...plan,
    secret_names: Object.keys(secrets),
  }),
  async create({ post }, plan) {
    return (await post('/api/datasources', dataSourceBody(plan))).datasource.uid;
  },
  async read({ find }, id) {
    const found = await find(`/api/datasources/uid/${id}`);
    return (
      found && {
        uid: found.uid,
        name: found.name,
        type: found.type,
        url: found.url,
        access_mode: found.access,
        is_default: found.isDefault,
        basic_auth_enabled: found.basicAuth,
        basic_auth_username: found.basicAuthUser,
        database_name: found.database,
        username: found.user,
        json_data_encoded: found.jsonData,
        secret_names: Object.keys(found.secureJsonFields).toSorted(),
      }
    );
  },
  async update({ put }, id, plan) {
    await put(`/api/datasources/uid/${id}`, dataSourceBody(plan));
  },
  destroy: ({ remove }, id) => remove(`/api/datasources/uid/${id}`),
  list: { path: '/api/datasources', size: 'perpage', idIn: ({ uid }) => uid },
};

function dataSourceBody(plan: Body) {
  return {
    uid: plan.uid,
    name: plan.name,
    type: plan.type,
    url: plan.url,
    access: plan.access_mode,
    isDefault: plan.is_default,
    basicAuth: plan.basic_auth_enabled,
    basicAuthUser: plan.basic_auth_username,
    database: plan.database_name,
    user: plan.username,
    jsonData: plan.json_data_encoded,
    secureJsonData: plan.secure_json_data_encoded,
  };
}

const ssoSettings: Resource = {
  type: 'grafana_sso_settings',
  isGlobal: true,
  plans: () => [
    {
      provider_name: 'github',
      client_id: 'one',
      client_secret: 'secret',
      enabled: true,
      scopes: 'user:email',
    },
    { provider_name: 'github', client_id: 'two', client_secret: 'other', enabled: false, scopes: 'read:org' },
  ],
  shown: ({ provider_name, client_id, enabled, scopes }) => ({ provider_name, client_id, enabled, scopes }),
  async create(provider, plan) {
    await putSso(provider, plan);
    return plan['provider_name'];
  },
  async read({ get }, id) {
    const { provider, settings, source } = await get(`/api/v1/sso-settings/${id}`);
    // What is not set any more has the defaults.
    if (source === 'system') return undefined;
    const { clientId: client_id, enabled, scopes } = settings;
    return { provider_name: provider, client_id, enabled, scopes };
  },
  update: (provider, _id, plan) => putSso(provider, plan),
  destroy: ({ remove }, id) => remove(`/api/v1/sso-settings/${id}`, 204),
};

// The names of the settings go there as they are in a configuration, and come back in the other spelling.
async function putSso(
  { put }: Provider,
  { provider_name: provider, ...settings }: Attributes,
): Promise<void> {
  await put(`/api/v1/sso-settings/${provider}`, { provider, settings }, { success: 204 });
}

export const dataSourcesAndSso = [dataSource, ssoSettings];
