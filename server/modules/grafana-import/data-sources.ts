import type { Row } from '../../sources/source.ts';
import { sealSecrets } from '../datasources/secure-json.ts';
import { insertDataSources, listDataSourcesLike } from './data-sources.store.ts';
import { type Given, givenOn } from './given.ts';
import { insertBrought } from './ledger.store.ts';
import { freeNames, nameKey, tidyName, type Wanted } from './names.ts';
import { bringPermissions } from './permissions.ts';
import { distinct, idsFor, orgsOf, withoutOrg } from './refs.ts';
import type { Tally } from './report.ts';
import { flagOf, integerOf, objectOf, refOf, textOf, timesOf } from './rows.ts';
import { idOf, named, type Run, type Stage } from './run.ts';
import { fitSecrets, isComplete } from './fit-secrets.ts';
import { type Opener, readSecrets, type Secrets } from './secrets.ts';
import { freeUids, uidKey } from './uids.ts';

const KIND = 'data source';

interface Prepared {
  secrets: ReadonlyMap<number, Secrets>;
  given: ReadonlyMap<number, readonly Given[]>;
}

interface DataSource {
  id: number;
  row: Row;
  kind: typeof KIND;
  orgId: number;
  name: string;
  uid: string;
}

/** Data sources with those of their secrets that open, sealed anew under this server's key. */
export function dataSources(opener: Opener): Stage<Prepared> {
  return {
    table: 'data_source',
    ledger: 'data_source',
    columns: [
      'org_id',
      'version',
      'type',
      'name',
      'access',
      'url',
      'password',
      'user',
      'database',
      'basic_auth',
      'basic_auth_user',
      'basic_auth_password',
      'is_default',
      'json_data',
      'secure_json_data',
      'with_credentials',
      'read_only',
      'uid',
      'created',
      'updated',
    ],
    batch: 100,
    kindOf: () => KIND,
    async prepare({ source, usesRoles }, rows) {
      const things = rows.map((row) => {
        const [id, orgId] = [idOf(row), refOf(row, 'org_id')];
        return { id, number: id, orgId, uid: textOf(row, 'uid'), hasUsual: false };
      });
      return {
        secrets: await readSecrets(source, opener, rows),
        given: await givenOn(source, usesRoles, 'datasources', things),
      };
    },
    bring,
  };
}

async function bring(
  run: Run,
  rows: readonly Row[],
  tally: Tally,
  { secrets, given }: Prepared,
): Promise<ReadonlyMap<number, number>> {
  const { context } = run;
  const { sources, withDefault } = await withFreeNames(run, await placed(run, rows, tally), tally);
  const ids = await idsFor(run, 'data_source', sources, tally);
  await insertDataSources(
    context.db,
    sources.map(({ id, row, orgId, name, uid }) => ({
      id: ids.get(id) as number,
      org_id: orgId,
      uid,
      name,
      ...settingsOf(row, { id, name }, tally),
      is_default: becomesDefault(row, orgId, withDefault),
      // What was set up from a file there is not set up from one here, and could never be changed.
      read_only: 0,
      version: Math.max(1, integerOf(row, 'version') ?? 1),
      ...timesOf(row, context.now()),
      secure_json_data: sealSecrets(
        context.seal,
        { orgId, uid },
        fitSecrets(secrets.get(id), { id, name }, tally),
      ),
    })),
  );
  for (const source of sources) tellIfRestricted(source, given.get(source.id) ?? [], tally);
  const complete = [...ids].filter(([id]) => isComplete(secrets.get(id)));
  await insertBrought(context.db, run.sourceId, 'data_source_secrets', new Map(complete));
  await bringPermissions(
    run,
    'datasources',
    sources.map(({ id, orgId, uid }) => ({ rowId: id, orgId, objectId: uid, given: given.get(id) ?? [] })),
    tally,
  );
  tally.add(KIND, 'brought', sources.length);
  return ids;
}

async function placed(run: Run, rows: readonly Row[], tally: Tally): Promise<DataSource[]> {
  const orgs = await orgsOf(run, rows);
  return rows.flatMap((row) => {
    const orgId = orgs.get(refOf(row, 'org_id'));
    if (orgId === undefined) {
      tally.skip(KIND, named(row), withoutOrg(row));
      return [];
    }
    const id = idOf(row);
    const name = tidyName(textOf(row, 'name'), `data source ${id}`);
    return [{ id, row, kind: KIND, orgId, name, uid: textOf(row, 'uid') }];
  });
}

async function withFreeNames(
  run: Run,
  sources: readonly DataSource[],
  tally: Tally,
): Promise<{ sources: DataSource[]; withDefault: Set<number> }> {
  const names = await freeNames(
    sources.map(({ orgId, name }) => ({ within: String(orgId), name })),
    (candidates) => takenNames(run, candidates),
    run.numbers,
  );
  const like = await listDataSourcesLike(run.context.db, distinct(sources.map(({ orgId }) => orgId)), {
    names: [],
    uids: sources.map(({ uid }) => uid),
  });
  const uids = freeUids(sources, new Set(like.map(({ org_id, uid }) => uidKey(org_id, uid))));
  const withDefault = new Set(like.filter((one) => one.is_default === 1).map(({ org_id }) => org_id));
  const renamed = sources.map((source, at) => {
    const [name, uid] = [names[at] as string, uids[at] as string];
    if (name !== source.name)
      tally.change(KIND, source, `it is named ${JSON.stringify(name)} here, since its name is taken`);
    if (uid !== source.uid) {
      const old = source.uid === '' ? 'it had none' : `${source.uid} cannot be kept`;
      tally.change(KIND, source, `its uid is ${uid} here, since ${old}`);
    }
    return { ...source, name, uid };
  });
  return { sources: renamed, withDefault };
}

async function takenNames({ context }: Run, candidates: readonly Wanted[]): Promise<ReadonlySet<string>> {
  const found = await listDataSourcesLike(
    context.db,
    distinct(candidates.map(({ within }) => Number(within))),
    { names: candidates.map(({ name }) => name), uids: [] },
  );
  return new Set(found.map(({ org_id, name }) => nameKey({ within: String(org_id), name })));
}

/** Here every member of an organization may query its data sources; Grafana Enterprise can keep some of them from some. */
function tellIfRestricted(source: DataSource, given: readonly Given[], tally: Tally): void {
  const isOpen = given.some(({ subject }) => 'role' in subject && subject.role === 'Viewer');
  if (given.length === 0 || isOpen) return;
  tally.change(KIND, source, 'not every Viewer could query it there; here everybody in its organization can');
}

/** One of an organization's data sources at most is its default. */
function becomesDefault(row: Row, orgId: number, withDefault: Set<number>): 0 | 1 {
  if (flagOf(row, 'is_default') === 0 || withDefault.has(orgId)) return 0;
  withDefault.add(orgId);
  return 1;
}

function settingsOf(row: Row, source: { id: number; name: string }, tally: Tally) {
  const json = textOf(row, 'json_data');
  const isObject = json === '' || json === 'null' || objectOf(json) !== undefined;
  if (!isObject) tally.change(KIND, source, 'its jsonData is not valid JSON of an object, and is empty here');
  if (flagOf(row, 'read_only') === 1)
    tally.change(KIND, source, 'it was set up from a file there, and can be changed here');
  return {
    type: textOf(row, 'type'),
    access: textOf(row, 'access') === 'direct' ? 'direct' : 'proxy',
    url: textOf(row, 'url'),
    user: textOf(row, 'user'),
    database: textOf(row, 'database'),
    basic_auth: flagOf(row, 'basic_auth'),
    basic_auth_user: textOf(row, 'basic_auth_user'),
    with_credentials: flagOf(row, 'with_credentials'),
    json_data: isObject && json !== '' && json !== 'null' ? json : '{}',
  };
}
