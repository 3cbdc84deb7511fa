import type { Body, Client } from './client.ts';

/** How a generation of the provider makes and reads what gets into a stack. */
export interface Machines {
  account(client: Client, slug: string, config: { name: string; role: string }): Promise<number>;
  readAccount(client: Client, slug: string, id: number): Promise<{ name: string; role: string } | undefined>;
  destroyAccount(client: Client, slug: string, id: number): Promise<void>;
  token(
    client: Client,
    slug: string,
    account: number,
    config: { name: string },
  ): Promise<{ id: number; key: string }>;
  readToken(client: Client, slug: string, account: number, id: number): Promise<{ name: string } | undefined>;
  destroyToken(client: Client, slug: string, account: number, id: number): Promise<void>;
  /** grafana_cloud_stack_api_key, which the last generation does not have any more. */
  key(
    client: Client,
    slug: string,
    config: { name: string; role: string },
  ): Promise<{ id: number; key: string }>;
  readKey(client: Client, slug: string, id: number): Promise<{ name: string; role: string } | undefined>;
  destroyKey(client: Client, slug: string, id: number): Promise<void>;
}

type Way = <T>(client: Client, slug: string, work: (stack: Client) => Promise<T>) => Promise<T>;

/** With an API key of a minute, which is deleted at the stack itself. */
const byTemporaryKey: Way = async (client, slug, work) => {
  const { url } = await client.get(`/api/instances/${slug}`);
  const temporary = await client.post(`/api/instances/${slug}/api/auth/keys`, {
    name: `terraform-temp-${temporaries++}`,
    role: 'Admin',
    secondsToLive: 60,
  });
  const stack = client.at(url, temporary.key);
  try {
    return await work(stack);
  } finally {
    await stack.remove(`/api/auth/keys/${temporary.id}`);
  }
};

/** With a service account and a token of a minute. */
const byTemporaryAccount: Way = async (client, slug, work) => {
  const { url } = await client.get(`/api/instances/${slug}`);
  const name = `terraform-temp-${temporaries++}`;
  const accounts = `/api/instances/${slug}/api/serviceaccounts`;
  const { id } = await client.post(accounts, { name, role: 'Admin' });
  const { key } = await client.post(`${accounts}/${id}/tokens`, { name, secondsToLive: 60 });
  const stack = client.at(url, key);
  try {
    return await work(stack);
  } finally {
    await stack.remove(`/api/serviceaccounts/${id}`);
  }
};
let temporaries = 0;

/** Through the cloud side. */
const directly =
  (path: (slug: string) => string): Way =>
  (client, slug, work) =>
    work({
      ...client,
      get: (asked) => client.get(path(slug) + asked),
      find: (asked) => client.find(path(slug) + asked),
      post: (asked, body) => client.post(path(slug) + asked, body),
      remove: (asked) => client.remove(path(slug) + asked),
    });

const ofId = (rows: Body[], id: number): Body => rows.find((row) => row.id === id);

function machines(forAccounts: Way, forKeys: Way): Machines {
  return {
    account: (client, slug, config) =>
      forAccounts(
        client,
        slug,
        async (stack) => (await stack.post('/api/serviceaccounts', { ...config, isDisabled: false })).id,
      ),
    readAccount: (client, slug, id) =>
      forAccounts(client, slug, async (stack) => {
        const found = await stack.find(`/api/serviceaccounts/${id}`);
        return found && { name: found.name, role: found.role };
      }),
    destroyAccount: (client, slug, id) =>
      forAccounts(client, slug, (stack) => stack.remove(`/api/serviceaccounts/${id}`)),
    token: (client, slug, account, config) =>
      forAccounts(client, slug, (stack) =>
        stack.post(`/api/serviceaccounts/${account}/tokens`, { ...config, secondsToLive: 0 }),
      ),
    readToken: (client, slug, account, id) =>
      forAccounts(client, slug, async (stack) => {
        const found = ofId(await stack.get(`/api/serviceaccounts/${account}/tokens`), id);
        return found && { name: found.name };
      }),
    destroyToken: (client, slug, account, id) =>
      forAccounts(client, slug, (stack) => stack.remove(`/api/serviceaccounts/${account}/tokens/${id}`)),
    key: (client, slug, config) =>
      forKeys(client, slug, (stack) => stack.post('/api/auth/keys', { ...config, secondsToLive: 0 })),
    readKey: (client, slug, id) =>
      forKeys(client, slug, async (stack) => {
        const found = ofId(await stack.get('/api/auth/keys?includeExpired=true'), id);
        return found && { name: found.name, role: found.role };
      }),
    destroyKey: (client, slug, id) => forKeys(client, slug, (stack) => stack.remove(`/api/auth/keys/${id}`)),
  };
}

const inside = directly((slug) => `/api/instances/${slug}`);

/** By generation of the provider. */
export const MACHINES: Record<number, Machines> = {
  1: machines(byTemporaryKey, byTemporaryKey),
  2: machines(inside, byTemporaryAccount),
  3: machines(inside, byTemporaryAccount),
  4: machines(inside, inside),
};
