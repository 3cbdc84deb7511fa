import type { Row, Source } from '../../sources/source.ts';
import { insertVersions } from './content.store.ts';
import { documentText, readDocument } from './documents.ts';
import { peopleOf } from './refs.ts';
import type { Tally } from './report.ts';
import { integerOf, refOf, textOf, timeOf } from './rows.ts';
import { idOf, type Run } from './run.ts';

const KIND = 'dashboard version';
const ROWS_AT_ONCE = 50;
const BYTES_AT_ONCE = 2_097_152;

/** The versions of a dashboard but for their documents. */
export interface Versions {
  /** What is known of the newest, which is the dashboard itself. */
  newest: Row | undefined;
  older: Row[];
}

/** The dashboard that versions belong to, as it is here. */
export interface Owner {
  id: number;
  here: number;
  uid: string;
  version: number;
}

/** The versions of some dashboards, whose newest ones are known. */
export async function listVersions(
  source: Source,
  newest: ReadonlyMap<number, number>,
): Promise<Map<number, Versions>> {
  const rows = await source.rowsWith('dashboard_version', 'dashboard_id', [...newest.keys()], {
    columns: [
      'id',
      'dashboard_id',
      'parent_version',
      'restored_from',
      'version',
      'created',
      'created_by',
      'message',
    ],
    sizes: ['data'],
  });
  const versions = new Map<number, Versions>();
  for (const row of rows) {
    const dashboard = refOf(row, 'dashboard_id');
    const known = versions.get(dashboard) ?? { newest: undefined, older: [] };
    if (refOf(row, 'version') === newest.get(dashboard)) known.newest = row;
    else known.older.push(row);
    versions.set(dashboard, known);
  }
  return versions;
}

/** Brings the older versions of dashboards that came, as many as are kept, a few documents at a time. */
export async function bringVersions(
  run: Run,
  owners: readonly Owner[],
  versions: ReadonlyMap<number, Versions>,
  tally: Tally,
): Promise<void> {
  const byId = new Map(owners.map((owner) => [owner.id, owner]));
  const rows = owners.flatMap(({ id }) => versions.get(id)?.older ?? []);
  tally.add(KIND, 'found', rows.length);
  const kept = rows.filter((row) => {
    const fault = faultOf(run, row, byId.get(refOf(row, 'dashboard_id')) as Owner);
    if (fault !== undefined) tally.skip(KIND, nameOf(row), fault);
    return fault === undefined;
  });
  for (const part of inParts(kept, 'data_bytes')) await bringPart(run, part, byId, tally);
}

/** Rows in parts of which each is not too large to be held in memory. */
export function inParts(rows: readonly Row[], size: string): Row[][] {
  const parts: Row[][] = [];
  let bytes = 0;
  for (const row of rows) {
    const last = parts.at(-1);
    const more = refOf(row, size);
    if (last === undefined || last.length >= ROWS_AT_ONCE || bytes + more > BYTES_AT_ONCE) {
      parts.push([row]);
      bytes = more;
    } else {
      last.push(row);
      bytes += more;
    }
  }
  return parts;
}

function faultOf({ context }: Run, row: Row, { version: newest }: Owner): string | undefined {
  const { dashboards, limits } = context.config;
  const version = integerOf(row, 'version') ?? 0;
  if (version < 1 || version > newest) return `${version} is no version between 1 and the newest, ${newest}`;
  if (version <= newest - dashboards.versions_to_keep) {
    return `[dashboards] versions_to_keep is ${dashboards.versions_to_keep}, and there are as many newer ones`;
  }
  const most = limits.max_dashboard_bytes;
  return refOf(row, 'data_bytes') > most
    ? `it is larger than [limits] max_dashboard_bytes, ${most}`
    : undefined;
}

async function bringPart(
  run: Run,
  rows: readonly Row[],
  owners: ReadonlyMap<number, Owner>,
  tally: Tally,
): Promise<void> {
  const { context, source } = run;
  const read = await source.rowsWith('dashboard_version', 'id', rows.map(idOf), { columns: ['id', 'data'] });
  const texts = new Map(read.map((row) => [idOf(row), textOf(row, 'data')]));
  const people = await peopleOf(
    run,
    rows.map((row) => refOf(row, 'created_by')),
  );
  const versions = rows.flatMap((row) => {
    const { here, uid } = owners.get(refOf(row, 'dashboard_id')) as Owner;
    const document = readDocument(texts.get(idOf(row)) ?? '');
    if ('fault' in document) {
      tally.skip(KIND, nameOf(row), document.fault);
      return [];
    }
    const version = refOf(row, 'version');
    return [
      {
        ...versionValues(row, people.get(refOf(row, 'created_by'))?.id ?? null, context.now()),
        dashboard_id: here,
        version,
        data: documentText(document.text, { id: here, uid, version }),
      },
    ];
  });
  await insertVersions(context.db, versions);
  tally.add(KIND, 'brought', versions.length);
}

/** What is known of a version besides its document. */
export function versionValues(row: Row, createdBy: number | null, now: number) {
  return {
    parent_version: refOf(row, 'parent_version'),
    restored_from: refOf(row, 'restored_from'),
    message: textOf(row, 'message'),
    created_at: timeOf(row, 'created') ?? now,
    created_by: createdBy,
  };
}

function nameOf(row: Row): { id: number; name: string } {
  return {
    id: idOf(row),
    name: `version ${refOf(row, 'version')} of dashboard ${refOf(row, 'dashboard_id')}`,
  };
}
