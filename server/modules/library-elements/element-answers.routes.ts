import { Type } from 'typebox';
import type { RequestContext } from '../../context.ts';
import { avatarUrl } from '../../http/avatar.ts';
import { FreeJson, Id, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { GENERAL } from '../folders/names.ts';
import {
  countUses,
  type ElementRow,
  listModels,
  type listUses,
  type WholeElement,
} from './library-elements.store.ts';
import { readerOf } from './library-elements.ts';

const Person = Type.Object({ id: Id, name: Type.String(), avatarUrl: Type.String() });

export const Element = Type.Object({
  id: Id,
  orgId: Id,
  folderId: Id,
  folderUid: Type.String(),
  uid: Type.String(),
  name: Type.String(),
  kind: Type.Integer(),
  type: Type.String(),
  description: Type.String(),
  model: FreeJson,
  version: Type.Integer(),
  meta: Type.Object({
    folderName: Type.String(),
    folderUid: Type.String(),
    connectedDashboards: Type.Integer(),
    created: Timestamp,
    updated: Timestamp,
    createdBy: Person,
    updatedBy: Person,
  }),
});
export const Connection = Type.Object({
  id: Id,
  kind: Type.Integer(),
  elementId: Id,
  connectionId: Id,
  connectionUid: Type.String(),
  created: Timestamp,
  createdBy: Person,
});

// Models that are in memory at a time.
const BYTES_AT_ONCE = 4 * 1024 * 1024;
const NO_USES: ReadonlyMap<string, number> = new Map();

/** The elements piece by piece, with only so much of their models in memory: together they may be too many. */
export async function* listText(
  context: RequestContext,
  rows: readonly ElementRow[],
  before: string,
  after: string,
): AsyncGenerator<string> {
  yield before;
  const uids = rows.map(({ uid }) => uid);
  const uses = uids.length === 0 ? NO_USES : await countUses(context.db, readerOf(context).sight, uids);
  let comma = '';
  for (const batch of batchesOf(rows)) {
    const ids = batch.map(({ id }) => id);
    const models = await listModels(context.db, ids);
    for (const row of batch) {
      const model = models.get(row.id);
      // Deleted since.
      if (model === undefined) continue;
      yield comma + elementText(row, uses.get(row.uid) ?? 0, model);
      comma = ',';
    }
  }
  yield after;
}

function* batchesOf(rows: readonly ElementRow[]): Generator<ElementRow[]> {
  let batch: ElementRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (batch.length > 0 && bytes + row.model_bytes > BYTES_AT_ONCE) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += row.model_bytes;
  }
  if (batch.length > 0) yield batch;
}

/** One element, for the asker's eyes. */
export async function singleText(context: RequestContext, element: WholeElement): Promise<string> {
  const uses = await countUses(context.db, readerOf(context).sight, [element.uid]);
  return `{"result":${elementText(element, uses.get(element.uid) ?? 0, element.model)}}`;
}

function elementText(element: ElementRow, connectedDashboards: number, model: string): string {
  const { id, uid, name, kind, type, description, version } = element;
  const folderUid = element.folder_uid ?? '';
  const answer = {
    id,
    orgId: element.org_id,
    folderId: element.folder_id ?? GENERAL.id,
    folderUid,
    uid,
    name,
    kind,
    type,
    description,
    version,
    meta: {
      folderName: element.folder_title ?? GENERAL.title,
      folderUid,
      connectedDashboards,
      created: timestamp(element.created_at),
      updated: timestamp(element.updated_at),
      createdBy: person(element.created_by, element.created_login, element.created_email),
      updatedBy: person(element.updated_by, element.updated_login, element.updated_email),
    },
  };
  return `${JSON.stringify(answer).slice(0, -1)},"model":${model}}`;
}

/** A use of an element by a dashboard. */
export function connection(element: ElementRow, use: Awaited<ReturnType<typeof listUses>>[number]) {
  return {
    id: use.id,
    // Grafana: 1 is a dashboard, the only kind there is.
    kind: 1,
    elementId: element.id,
    connectionId: use.dashboard_id,
    connectionUid: use.dashboard_uid,
    created: timestamp(use.created_at),
    createdBy: person(use.created_by, use.created_login, use.created_email),
  };
}

/** Whose work something is; a key's is nobody's. */
function person(id: number | null, login: string | null, email: string | null) {
  if (login === null) return { id: id ?? 0, name: '', avatarUrl: '' };
  return { id: id ?? 0, name: login, avatarUrl: avatarUrl({ email: email ?? '', login }) };
}
