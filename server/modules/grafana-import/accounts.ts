import type { Role } from '../../access/roles.ts';
import { searchText } from '../../db/search.ts';
import type { Row } from '../../sources/source.ts';
import { freeNames, nameKey, tidyName, type Wanted } from './names.ts';
import { insertAccounts, insertIdentities, listAccountsNamed } from './people.store.ts';
import { LOGINS, takenLogins } from './logins.ts';
import { type Place, roleOf } from './places.ts';
import { distinct, idsFor, targetsOf } from './refs.ts';
import type { Tally } from './report.ts';
import { barOf, flagOf, textOf, timesOf } from './rows.ts';
import { idOf, named, type Run } from './run.ts';

const KIND = 'service account';

interface Account {
  id: number;
  row: Row;
  name: string;
  login: string;
  orgId: number;
  role: Role;
}

/** Brings service accounts into the organization that each is in. */
export async function bringAccounts(
  run: Run,
  rows: readonly Row[],
  tally: Tally,
  places: ReadonlyMap<number, Place>,
): Promise<Map<number, number>> {
  const { context, numbers, tookOver } = run;
  const accounts = await placed(run, rows, tally, places);
  const names = await freeNames(
    accounts.map(({ orgId, name }) => ({ within: String(orgId), name })),
    (candidates) => takenAccountNames(run, candidates),
    numbers,
  );
  const logins = await freeNames(
    accounts.map(({ login }) => ({ within: LOGINS, name: login })),
    (candidates) => takenLogins(run, candidates),
    numbers,
  );
  const ids = await idsFor(
    run,
    'identity',
    accounts.map((account) => ({ ...account, kind: KIND })),
    tally,
  );
  await insertIdentities(
    context.db,
    [...ids.values()].map((id) => ({ id, kind: 'service-account' })),
  );
  await insertAccounts(
    context.db,
    accounts.map(({ id, row, orgId, role }, at) => ({
      id: ids.get(id) as number,
      org_id: orgId,
      name: names[at] as string,
      login: logins[at] as string,
      role,
      is_disabled: barOf(row, 'is_disabled'),
      is_server_admin: tookOver ? flagOf(row, 'is_admin') : 0,
      search_text: searchText(names[at] as string),
      ...timesOf(row, context.now()),
    })),
  );
  tellOfNames(accounts, names, logins, tally);
  tally.add(KIND, 'brought', ids.size);
  return ids;
}

async function placed(
  run: Run,
  rows: readonly Row[],
  tally: Tally,
  places: ReadonlyMap<number, Place>,
): Promise<Account[]> {
  const orgs = await targetsOf(
    run,
    'org',
    [...places.values()].map(({ orgId }) => orgId),
  );
  return rows.flatMap((row) => {
    const id = idOf(row);
    const place = places.get(id);
    const orgId = place && orgs.get(place.orgId);
    const role = place && roleOf(place.role);
    const missing =
      place === undefined
        ? 'it is in no organization'
        : orgId === undefined
          ? `its organization ${place.orgId} is not there`
          : role === undefined
            ? `${JSON.stringify(place.role)} is no role`
            : undefined;
    if (missing !== undefined) tally.skip(KIND, named(row), missing);
    if (orgId === undefined || role === undefined) return [];
    const name = tidyName(textOf(row, 'name') || textOf(row, 'login'), `service account ${id}`);
    const login = tidyName(textOf(row, 'login'), `sa-${id}`).toLowerCase();
    return { id, row, name, login, orgId, role };
  });
}

function tellOfNames(
  accounts: readonly Account[],
  names: readonly string[],
  logins: readonly string[],
  tally: Tally,
): void {
  for (const [at, account] of accounts.entries()) {
    if (names[at] !== account.name)
      tally.change(KIND, account, `it is named ${JSON.stringify(names[at])} here, since its name is taken`);
    if (logins[at] !== account.login)
      tally.change(KIND, account, `its login is ${logins[at]} here, since its own is taken`);
  }
}

async function takenAccountNames(
  { context }: Run,
  candidates: readonly Wanted[],
): Promise<ReadonlySet<string>> {
  const found = await listAccountsNamed(
    context.db,
    distinct(candidates.map(({ within }) => Number(within))),
    candidates.map(({ name }) => name),
  );
  return new Set(found.map(({ org_id, name }) => nameKey({ within: String(org_id), name })));
}
