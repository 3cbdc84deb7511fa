import { denied } from '../../access/can.ts';
import { allows } from '../../access/evaluate.ts';
import type { Context, RequestContext } from '../../context.ts';
import { randomLetters } from '../../crypto/random.ts';
import { isUniqueViolation } from '../../db/errors.ts';
import { inTransaction } from '../../db/transaction.ts';
import { type ApiError, badRequest, conflict, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { dropObjects, objectsGiven } from '../object-permissions/object-permissions.ts';
import { requireRoom } from '../quotas/quotas.ts';
import {
  clearDefault,
  type DataSourceRow,
  deleteDataSource,
  getDataSource,
  insertDataSource,
  listDataSources,
  updateDataSource,
  type Which,
} from './datasources.store.ts';
import { changeSecrets, sealSecrets } from './secure-json.ts';

export type { DataSourceRow };

export interface NewDataSource {
  name: string;
  type: string;
  uid?: string;
  access?: 'proxy' | 'direct';
  url?: string;
  user?: string;
  database?: string;
  basicAuth?: boolean;
  basicAuthUser?: string;
  withCredentials?: boolean;
  isDefault?: boolean;
  jsonData?: Record<string, unknown> | null;
  secureJsonData?: Record<string, string> | null;
}

export type DataSourceChanges = NewDataSource & { version?: number };

const GENERATED_UID_LENGTH = 14;

/** All data sources of an organization, by name. */
export function dataSourcesOf(context: Context, orgId: number): Promise<DataSourceRow[]> {
  return listDataSources(context.db, orgId);
}

/** The uids of the data sources that the actor may read; undefined is all of the organization. */
export async function readableSources(context: RequestContext): Promise<string[] | undefined> {
  const { grants } = context.actor;
  if (allows(grants, 'datasources:read', ['datasources:*', 'datasources:uid:*'])) return undefined;
  const prefix = 'datasources:uid:';
  const named = [...(grants.get('datasources:read') ?? [])]
    .filter((scope) => scope.startsWith(prefix))
    .map((scope) => scope.slice(prefix.length));
  return [...named, ...(await objectsGiven(context, 'datasources', 'datasources:read'))];
}

/** A data source of the organization acted in. Throws 404. */
export async function requireDataSource(context: RequestContext, which: Which): Promise<DataSourceRow> {
  const row = await getDataSource(context.db, context.actor.orgId, which);
  if (row === undefined) throw notFound('Data source not found', 'datasources.not-found');
  return row;
}

/** Adds a data source. Throws 409 when the organization has its name or its uid already. */
export async function addDataSource(context: RequestContext, wanted: NewDataSource): Promise<DataSourceRow> {
  requireUrl(wanted.url);
  const uid = wanted.uid || randomLetters(GENERATED_UID_LENGTH);
  return refusingTaken(() =>
    inTransaction(context, async (context) => {
      const { orgId } = context.actor;
      await requireFree(context, { name: wanted.name, uid });
      await requireRoom(context, 'data_source', orgId);
      if (wanted.isDefault) await clearDefault(context.db, orgId);
      const now = context.now();
      const row = await insertDataSource(context.db, {
        org_id: orgId,
        uid,
        ...columns(wanted, BLANK),
        read_only: 0,
        version: 1,
        created_at: now,
        updated_at: now,
        secure_json_data: sealSecrets(context.seal, { orgId, uid }, wanted.secureJsonData ?? {}),
      });
      const secretsSet = Object.keys(wanted.secureJsonData ?? {});
      await record(context, 'datasources:create', row, { ...told(row), secretsSet });
      return row;
    }),
  );
}

/**
 * Changes a data source. Grafana: texts and JSON that are left out stay, flags that are left out are false. A version below
 * the kept one is refused with 409, so that nobody overwrites what they have not seen; without a version the change is made.
 */
export async function changeDataSource(
  context: RequestContext,
  which: Which,
  wanted: DataSourceChanges,
): Promise<DataSourceRow> {
  return refusingTaken(() =>
    inTransaction(context, async (context) => {
      const before = await requireDataSource(context, which);
      if (before.read_only === 1) throw readOnly('Cannot update read-only data source');
      requireUrl(wanted.url);
      requireNewest(before, wanted.version);
      const { orgId } = context.actor;
      const uid = wanted.uid || before.uid;
      await requireFree(context, { name: wanted.name, uid }, before.id);
      if (wanted.isDefault) await clearDefault(context.db, orgId);
      const kept = { owner: { orgId, uid: before.uid }, stored: before.secure_json_data };
      const row = await updateDataSource(context.db, orgId, before.id, {
        uid,
        ...columns(wanted, before),
        version: Math.max(before.version, wanted.version ?? 0) + 1,
        updated_at: context.now(),
        secure_json_data: changeSecrets(context.seal, { orgId, uid }, wanted.secureJsonData ?? {}, kept),
      });
      // Permissions were given to what had the old uid, and whatever gets that uid next must not find them.
      if (uid !== before.uid) await dropObjects(context, 'datasources', [before.uid]);
      // That a secret is another one is all that may be said of it.
      const secretsSet = Object.keys(wanted.secureJsonData ?? {});
      await record(context, 'datasources:write', before, { ...changed(told(before), told(row)), secretsSet });
      return row;
    }),
  );
}

/** Deletes a data source with its secrets and the permissions on it, and returns what it was. */
export async function removeDataSource(context: RequestContext, which: Which): Promise<DataSourceRow> {
  return inTransaction(context, async (context) => {
    const row = await requireDataSource(context, which);
    if (row.read_only === 1) throw readOnly('Cannot delete read-only data source');
    await deleteDataSource(context.db, row.org_id, row.id);
    await dropObjects(context, 'datasources', [row.uid]);
    await record(context, 'datasources:delete', row, told(row));
    return row;
  });
}

/** The scope of the data source with this id, for the guard of a route that names it so; undefined when there is none. */
export function scopeById(
  context: Context,
  orgId: number,
  { id }: Record<string, string>,
): Promise<string | undefined> {
  const number = Number(id);
  return Number.isSafeInteger(number) ? scopeOf(context, orgId, { id: number }) : Promise.resolve(undefined);
}

/** The same by name. */
export function scopeByName(
  context: Context,
  orgId: number,
  { name = '' }: Record<string, string>,
): Promise<string | undefined> {
  // PostgreSQL takes no NUL; no name has one.
  return name.includes('\u0000') ? Promise.resolve(undefined) : scopeOf(context, orgId, { name });
}

async function scopeOf(context: Context, orgId: number, which: Which): Promise<string | undefined> {
  const row = await getDataSource(context.db, orgId, which);
  return row && `datasources:uid:${row.uid}`;
}

type Kept = Pick<DataSourceRow, 'access' | 'url' | 'user' | 'database' | 'basic_auth_user' | 'json_data'>;

const BLANK: Kept = {
  access: 'proxy',
  url: '',
  user: '',
  database: '',
  basic_auth_user: '',
  json_data: '{}',
};

function columns(wanted: NewDataSource, kept: Kept) {
  const flag = (value: boolean | undefined): 0 | 1 => (value === true ? 1 : 0);
  return {
    name: wanted.name,
    type: wanted.type,
    access: wanted.access ?? kept.access,
    url: wanted.url ?? kept.url,
    // Grafana: these two are emptied by a change that leaves them out, unlike the other texts.
    user: wanted.user ?? '',
    database: wanted.database ?? '',
    basic_auth: flag(wanted.basicAuth),
    basic_auth_user: wanted.basicAuthUser ?? kept.basic_auth_user,
    with_credentials: flag(wanted.withCredentials),
    is_default: flag(wanted.isDefault),
    json_data: wanted.jsonData ? JSON.stringify(wanted.jsonData) : kept.json_data,
  };
}

function requireUrl(url = ''): void {
  if (url !== '' && hostOf(url) === undefined) {
    throw badRequest(
      'url has to be an address such as http://localhost:9090',
      'Validation error, invalid URL',
    );
  }
}

/** The host and port of an address, which may lack its scheme as those of databases do. */
function hostOf(url: string): string | undefined {
  return URL.parse(/^[^:]*:\/\//.test(url) ? url : `http://${url}`)?.host;
}

function requireNewest(before: DataSourceRow, version = 0): void {
  // Grafana: 0 is none, and a version above the kept one forces the change.
  if (version === 0 || version >= before.version) return;
  throw conflict(
    'Datasource has already been updated by someone else. Please reload and try again',
    `The version is ${before.version} by now, not ${version}: read it again, or leave the version out.`,
  );
}

async function requireFree(
  context: RequestContext,
  { name, uid }: { name: string; uid: string },
  own?: number,
) {
  const { db, actor } = context;
  const named = await getDataSource(db, actor.orgId, { name });
  if (named !== undefined && named.id !== own) throw nameTaken();
  const known = await getDataSource(db, actor.orgId, { uid });
  if (known !== undefined && known.id !== own) {
    const message = 'data source with the same uid already exists';
    throw conflict(
      message,
      'Uids are unique in an organization: choose another, or leave it out to get one.',
    );
  }
}

async function refusingTaken<T>(change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    throw isUniqueViolation(error) ? nameTaken() : error;
  }
}

function nameTaken(): ApiError {
  const message = 'data source with the same name already exists';
  return conflict(message, 'Names of data sources are unique in an organization: choose another.');
}

function readOnly(message: string): ApiError {
  return denied(message, 'It was set up from a file, and is changed only there.');
}

/** A data source as the record has it. Of the address only the host, and of the rest nothing: either may hold a password. */
function told({
  uid,
  name,
  type,
  access,
  url,
  is_default,
  basic_auth,
  with_credentials,
  version,
}: DataSourceRow) {
  return {
    uid,
    name,
    type,
    access,
    host: hostOf(url) ?? '',
    isDefault: is_default === 1,
    basicAuth: basic_auth === 1,
    withCredentials: with_credentials === 1,
    version,
  };
}

function record(
  context: RequestContext,
  action: string,
  { uid, name }: DataSourceRow,
  change: Record<string, unknown>,
): Promise<void> {
  return recordChange(context, { action, kind: 'data-source', id: uid, name, change });
}
