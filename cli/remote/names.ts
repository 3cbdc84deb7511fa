import type { Client } from '../../client/client.ts';
import { readAll } from '../../client/pages.ts';
import type { ApiKey, Org, ServiceAccount, ServiceAccountPage, Token } from '../../client/shapes.ts';
import { EXIT, Failure, usageFailure } from '../failure.ts';
import { OWN_NAME } from '../own-name.ts';

/** All keys of the organization. */
export function listKeys(client: Client, { expired }: { expired: boolean }): Promise<ApiKey[]> {
  const path = `/api/auth/keys?includeExpired=${expired}`;
  return readAll<ApiKey[], ApiKey>(client, { path, itemsOf: (page) => page, keyOf: ({ id }) => id });
}

/** All service accounts of the organization, or those whose name holds a text. */
export function listServiceAccounts(client: Client, query = ''): Promise<ServiceAccount[]> {
  return readAll<ServiceAccountPage, ServiceAccount>(client, {
    path: `/api/serviceaccounts/search?query=${encodeURIComponent(query)}`,
    itemsOf: (page) => page.serviceAccounts,
    keyOf: ({ id }) => id,
  });
}

/** All tokens of an account. */
export function listTokens(client: Client, accountId: number): Promise<Token[]> {
  return client.request<Token[]>('GET', `/api/serviceaccounts/${accountId}/tokens`);
}

/** The number of a key that was given by number or name. */
export function keyId(client: Client, given: string): Promise<number> {
  return idOf('key', given, () => listKeys(client, { expired: true }), `${OWN_NAME} keys list --expired`);
}

export function serviceAccountId(client: Client, given: string): Promise<number> {
  return idOf(
    'service account',
    given,
    () => listServiceAccounts(client, given),
    `${OWN_NAME} service-accounts list`,
  );
}

export function tokenId(client: Client, accountId: number, given: string): Promise<number> {
  return idOf('token', given, () => listTokens(client, accountId), `${OWN_NAME} tokens list ${accountId}`);
}

/** The number of an organization; a name is looked up by a call that only the server's administrators may make. */
export async function orgId(client: Client, given: string): Promise<number> {
  const number = numberIn(given);
  if (number !== undefined) return number;
  const { id } = await client.request<Org>('GET', `/api/orgs/name/${encodeURIComponent(given)}`);
  return id;
}

async function idOf(
  kind: string,
  given: string,
  list: () => Promise<{ id: number; name: string }[]>,
  listing: string,
): Promise<number> {
  const number = numberIn(given);
  if (number !== undefined) return number;
  const found = (await list()).find(({ name }) => name === given);
  if (found !== undefined) return found.id;
  throw new Failure(EXIT.failure, `there is no ${kind} named ${JSON.stringify(given)}`, {
    detail: `"${listing}" shows what there is.`,
  });
}

// A name made of digits alone is reached by its number.
function numberIn(given: string): number | undefined {
  if (given === '') throw usageFailure('an empty name names nothing');
  return /^\d{1,15}$/.test(given) ? Number(given) : undefined;
}
