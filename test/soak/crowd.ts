import { insertIdentities, inBatches, seedInto } from '../../bench/seed.ts';
import { ROLES, type Role } from '../../server/access/roles.ts';
import { makeApiKey, makeToken, secretHash } from '../../server/crypto/secrets.ts';
import { searchText } from '../../server/db/search.ts';
import type { Environment } from '../support/place.ts';

export const ORGS = 3;

/** A credential, and who the server has to take it for. */
export interface Asker {
  authorization: string;
  kind: 'api-key' | 'service-account';
  /** Of the account or the key. */
  id: number;
  credentialId: number;
  name: string;
  orgId: number;
  role: Role;
}

// One in so many is an API key, the others are tokens of an account each.
const KEY_EVERY = 5;
const NOBODYS_FLAGS = { is_server_admin: 0, is_disabled: 0 } as const;

/** Fills the new database that an environment names with organizations 1 to 3 and so many credentials of each role in each. */
export function seedCrowd(env: Environment, perRole: number): Promise<Asker[]> {
  return seedInto({ env, overrides: {} }, async (db, now) => {
    const times = { created_at: now, updated_at: now };
    const orgs = Array.from({ length: ORGS - 1 }, (_, at) => `Organization ${at + 2}`);
    const address = { address1: '', address2: '', city: '', zip_code: '', state: '', country: '' };
    await db
      .insertInto('org')
      .values(orgs.map((name) => ({ name, search_text: searchText(name), ...address, ...times })))
      .execute();
    const count = perRole * ROLES.length * ORGS;
    const accountIds = await insertIdentities(db, 'service-account', count);
    const crowd = Array.from({ length: count }, (_, at) => ({
      ...secretOf(at, (at % ORGS) + 1),
      accountId: accountIds[at] ?? 0,
      orgId: (at % ORGS) + 1,
      role: ROLES[Math.floor(at / ORGS) % ROLES.length] ?? 'None',
    }));
    const holders = crowd.filter(({ isKey }) => !isKey);
    await inBatches(
      holders.length,
      (at) => {
        const { accountId: id, orgId: org_id, role, name } = holders[at] as (typeof crowd)[number];
        return {
          id,
          org_id,
          role,
          name,
          login: `sa-${name}`,
          search_text: searchText(name),
          ...NOBODYS_FLAGS,
          ...times,
        };
      },
      (rows) => db.insertInto('service_account').values(rows).execute(),
    );
    const ids = new Map<string, number>();
    await inBatches(
      count,
      (at) => {
        const { accountId, orgId, role, name, hash, isKey } = crowd[at] as (typeof crowd)[number];
        return {
          org_id: orgId,
          service_account_id: isKey ? null : accountId,
          role: isKey ? role : null,
          name,
          secret_hash: hash,
          is_server_admin: 0 as const,
          is_revoked: 0 as const,
          created_by: 1,
          created_at: now,
          expires_at: null,
          last_used_at: null,
        };
      },
      async (rows) => {
        const made = await db
          .insertInto('credential')
          .values(rows)
          .returning(['id', 'secret_hash'])
          .execute();
        for (const { id, secret_hash } of made) ids.set(secret_hash, id);
      },
    );
    return crowd.map(({ secret, hash, isKey, accountId, name, orgId, role }) => {
      const credentialId = ids.get(hash) ?? 0;
      return {
        authorization: `Bearer ${secret}`,
        kind: isKey ? 'api-key' : 'service-account',
        id: isKey ? credentialId : accountId,
        credentialId,
        name,
        orgId,
        role,
      };
    });
  });
}

function secretOf(at: number, orgId: number) {
  const name = `crowd-${at}`;
  if (at % KEY_EVERY !== 0) {
    const secret = makeToken();
    return { name, secret, hash: secretHash(secret), isKey: false };
  }
  const { key, secret } = makeApiKey(name, orgId);
  return { name, secret: key, hash: secretHash(secret), isKey: true };
}
