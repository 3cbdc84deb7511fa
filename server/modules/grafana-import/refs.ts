import type { Row } from '../../sources/source.ts';
import { listBrought, listExisting, listIdentities } from './ledger.store.ts';
import type { Run } from './run.ts';
import { type Numbered, takeIds } from './ids.store.ts';
import type { Kind, Tally } from './report.ts';
import { refOf } from './rows.ts';

/** What the rows that others name have become, by the id that they have in Grafana; those that did not come or are gone are not there. */
export async function targetsOf(
  { context, sourceId }: Run,
  kind: 'org' | 'team' | 'dashboard' | 'folder' | 'data_source',
  rowIds: Iterable<number>,
): Promise<Map<number, number>> {
  const brought = await listBrought(context.db, sourceId, kind, distinct(rowIds));
  const existing = await listExisting(context.db, kind, distinct(brought.values()));
  return new Map([...brought].filter(([, id]) => existing.has(id)));
}

/** The organizations that the rows are in, by the id that they have in Grafana. */
export function orgsOf(run: Run, rows: readonly Row[]): Promise<Map<number, number>> {
  return targetsOf(
    run,
    'org',
    rows.map((row) => refOf(row, 'org_id')),
  );
}

/** Why a row does not come whose organization did not. */
export function withoutOrg(row: Row): string {
  return `its organization ${refOf(row, 'org_id')} is not there`;
}

/** Who a user of Grafana's is here. */
export interface Person {
  id: number;
  kind: 'user' | 'service-account';
  /** The organization of a service account. */
  orgId: number;
}

/** The same for users and service accounts, which are one table in Grafana. */
export async function peopleOf(
  { context, sourceId }: Run,
  rowIds: Iterable<number>,
): Promise<Map<number, Person>> {
  const brought = await listBrought(context.db, sourceId, 'user', distinct(rowIds));
  const known = await listIdentities(context.db, distinct(brought.values()));
  const people = new Map<number, Person>();
  for (const [rowId, id] of brought) {
    const person = known.get(id);
    if (person !== undefined) people.set(rowId, { id, ...person });
  }
  return people;
}

type Numberable = { id: number; kind: Kind } & ({ name: string } | { title: string });

/**
 * The ids that rows get here: their own where it was set aside for them, else new ones. Tells of each that is a new one, since
 * clients may know the old one.
 */
export async function idsFor(
  { context, ranges }: Run,
  table: Numbered,
  rows: readonly Numberable[],
  tally: Tally,
): Promise<Map<number, number>> {
  const own = ranges.get(table) ?? [];
  const isSetAside = (id: number): boolean => own.some(({ above, up_to }) => id > above && id <= up_to);
  const others = rows.filter(({ id }) => !isSetAside(id));
  const fresh = await takeIds(context.db, context.config.database.type, table, others.length);
  const ids = new Map(rows.map(({ id }) => [id, id]));
  for (const [at, { id, kind, ...names }] of others.entries()) {
    const given = fresh[at] as number;
    const name = 'title' in names ? names.title : names.name;
    ids.set(id, given);
    tally.change(kind, { id, name }, `its id is ${given} here: ${id} was given to something else before`);
  }
  return ids;
}

/** New ids for rows whose own mean nothing here. */
export async function newIdsFor(
  { context }: Run,
  table: Numbered,
  rows: readonly { id: number }[],
): Promise<Map<number, number>> {
  const fresh = await takeIds(context.db, context.config.database.type, table, rows.length);
  return new Map(rows.map(({ id }, at) => [id, fresh[at] as number]));
}

export function distinct<T>(values: Iterable<T>): T[] {
  return [...new Set(values)];
}
