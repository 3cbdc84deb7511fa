import { hash as hashOf } from 'node:crypto';
import type { Role } from '../../access/roles.ts';
import { importedSecret, isGrafanaHash } from '../../crypto/grafana-hashes.ts';
import type { Row } from '../../sources/source.ts';
import { expectImported } from '../credentials/imported.ts';
import { insertCredentials, listCredentialsNamed, listTakenHashes } from './credentials.store.ts';
import { insertSigns, listSigns } from './ledger.store.ts';
import { freeNames, nameKey, tidyName, type Wanted } from './names.ts';
import { roleOf } from './places.ts';
import { distinct, idsFor, orgsOf, peopleOf, type Person } from './refs.ts';
import type { Kind, Tally } from './report.ts';
import { barOf, expiryOf, refOf, textOf, timeOf } from './rows.ts';
import { idOf, named, NOTHING_TO_PREPARE, type Run, type Stage } from './run.ts';

/**
 * API keys and tokens of service accounts, which are one table in Grafana as they are here. Their hashes stay as they are until the
 * secret is seen; a key's has its name for a salt, which the secret itself carries, so the key may have another name here.
 */
export const CREDENTIALS: Stage<undefined> = {
  table: 'api_key',
  ledger: 'api_key',
  columns: [
    'org_id',
    'name',
    'key',
    'role',
    'created',
    'expires',
    'service_account_id',
    'last_used_at',
    'is_revoked',
  ],
  batch: 200,
  kindOf,
  prepare: NOTHING_TO_PREPARE,
  async bring(run, rows, tally) {
    const { context, numbers } = run;
    const found = await placed(run, rows, tally);
    const names = await freeNames(
      found.map(({ orgId, name }) => ({ within: String(orgId), name })),
      (candidates) => takenCredentialNames(run, candidates),
      numbers,
    );
    const ids = await idsFor(run, 'credential', found, tally);
    await insertCredentials(
      context.db,
      found.map(({ id, row, orgId, accountId, role, hash, expiresAt }, at) => ({
        id: ids.get(id) as number,
        org_id: orgId,
        service_account_id: accountId,
        name: names[at] as string,
        role,
        is_server_admin: 0,
        secret_hash: hash,
        is_revoked: barOf(row, 'is_revoked'),
        created_by: null,
        created_at: timeOf(row, 'created') ?? context.now(),
        expires_at: expiresAt,
        last_used_at: timeOf(row, 'last_used_at') ?? null,
      })),
    );
    // So that it is known again when the hash itself is ours, or the credential is gone.
    await insertSigns(
      context.db,
      run.sourceId,
      found.map(({ hash }) => signOf(hash)),
    );
    expectImported(context);
    for (const [at, { id, name, kind }] of found.entries()) {
      tally.add(kind, 'brought');
      if (names[at] === name) continue;
      const why = `it is named ${JSON.stringify(names[at])} here, since its name is taken; its secret stays the same`;
      tally.change(kind, { id, name }, why);
    }
    return ids;
  },
};

interface Found {
  id: number;
  row: Row;
  kind: Kind;
  name: string;
  orgId: number;
  accountId: number | null;
  role: Role | null;
  hash: string;
  expiresAt: number | null;
}

function kindOf(row: Row): Kind {
  return refOf(row, 'service_account_id') > 0 ? 'token' : 'API key';
}

async function placed(run: Run, rows: readonly Row[], tally: Tally): Promise<Found[]> {
  const orgs = await orgsOf(run, rows);
  const people = await peopleOf(
    run,
    rows.map((row) => refOf(row, 'service_account_id')),
  );
  const taken = await listTakenHashes(
    run.context.db,
    rows.map((row) => importedSecret(textOf(row, 'key'))),
  );
  const seen = await listSigns(
    run.context.db,
    undefined,
    rows.map((row) => signOf(importedSecret(textOf(row, 'key')))),
  );
  return rows.flatMap((row) => {
    const kind = kindOf(row);
    const hash = importedSecret(textOf(row, 'key'));
    const owner = ownerOf(row, orgs, people);
    const expiresAt = expiryOf(row, 'expires');
    const fault =
      typeof owner === 'string'
        ? owner
        : !isGrafanaHash(textOf(row, 'key'))
          ? 'its hash is of no form that is known'
          : taken.has(hash) || seen.has(signOf(hash))
            ? 'another key or token has, or had, the same secret'
            : expiresAt === undefined
              ? 'when it expires cannot be told'
              : undefined;
    taken.add(hash);
    if (typeof owner === 'string' || expiresAt === undefined || fault !== undefined) {
      tally.skip(kind, named(row), fault ?? '');
      return [];
    }
    const id = idOf(row);
    return [
      { id, row, kind, name: tidyName(textOf(row, 'name'), `${kind} ${id}`), hash, expiresAt, ...owner },
    ];
  });
}

function signOf(importedHash: string): string {
  return hashOf('sha256', `credential ${importedHash}`, 'base64url');
}

type Owner = Pick<Found, 'orgId' | 'accountId' | 'role'>;

/** Whose it is; or why it is nobody's. */
function ownerOf(
  row: Row,
  orgs: ReadonlyMap<number, number>,
  people: ReadonlyMap<number, Person>,
): Owner | string {
  const [theirOrg, theirAccount] = [refOf(row, 'org_id'), refOf(row, 'service_account_id')];
  const orgId = orgs.get(theirOrg);
  if (orgId === undefined) return `its organization ${theirOrg} is not there`;
  if (theirAccount === 0) {
    const role = roleOf(textOf(row, 'role'));
    return role === undefined
      ? `${JSON.stringify(textOf(row, 'role'))} is no role`
      : { orgId, accountId: null, role };
  }
  const account = people.get(theirAccount);
  if (account?.kind !== 'service-account') return `its service account ${theirAccount} is not there`;
  if (account.orgId !== orgId) return `its service account ${theirAccount} is in another organization`;
  return { orgId, accountId: account.id, role: null };
}

async function takenCredentialNames(
  { context }: Run,
  candidates: readonly Wanted[],
): Promise<ReadonlySet<string>> {
  const found = await listCredentialsNamed(
    context.db,
    distinct(candidates.map(({ within }) => Number(within))),
    candidates.map(({ name }) => name),
  );
  return new Set(found.map(({ org_id, name }) => nameKey({ within: String(org_id), name })));
}
