import type { Answer, World } from '../../../server/testing/world.ts';
import type { Estate, Kind, Thing } from '../../support/furnished.ts';
import type { Asker, Cells, Name, Row } from './row.ts';

export type Whose = 'own' | 'other' | 'missing';

/** One way to ask for a cell: whose each of the things is that the request names. */
export interface Way {
  whose: Whose;
  /** For each name of the row; of a row without any, where the request asks to act. */
  places: readonly Whose[];
  expected: string;
  /** The same for a thing of another organization and for one that is not there. */
  twin: string;
}

export interface Estates {
  own: Estate;
  other: Estate;
}

const MISSING_ID = 999_999;
const MISSING = 'not-there';
let missing = 0;

/**
 * The ways to ask for the cells of a row: everything named is one's own, or not, or only one of several things is not. On the
 * server as a whole, a thing that belongs to another one than the path says is a missing one.
 */
export function waysOf([, cells, names = []]: Row): Way[] {
  const free = names.flatMap((name, at) => (name.startsWith('=') ? [] : [at]));
  const sets = [free, ...(free.length > 1 ? free.map((at) => [at]) : [])];
  const places = (whose: Whose, set: readonly number[]): Whose[] =>
    names.length === 0 ? [whose] : names.map((_, at) => (set.includes(at) ? whose : 'own'));
  const way = (whose: Whose, set: readonly number[]): Way => ({
    whose,
    places: places(whose, set),
    expected: isMixedOnServer(cells, whose, set, free) ? cells.missing : cells[whose],
    twin: set.join(),
  });
  return [way('own', free), ...sets.flatMap((set) => [way('other', set), way('missing', set)])];
}

function isMixedOnServer(cells: Cells, whose: Whose, set: readonly number[], free: readonly number[]) {
  return cells.isOfServer === true && whose === 'other' && set.length < free.length;
}

/** A row's route as the server knows it. */
export function routeOf([text]: Row): string {
  return text
    .replace(/ # .*$/, '')
    .replace(/\?.*$/, '')
    .replaceAll(/=\w[^/]*/g, '');
}

/** The status that a cell has for one of those who ask. */
export function figure(statuses: string, asker: number): number {
  return Number(statuses.split(' ')[asker]);
}

/** Sends the request of a row in one of the ways, and gives the answer with what tells the things apart masked in its text. */
export async function ask(
  world: World,
  estates: Estates,
  row: Row,
  { way, asker, wanted }: { way: Way; asker: Asker; wanted: number },
): Promise<Answer & { text: string; what: string }> {
  const [text, , names = [], body] = row;
  const values = await valuesOf(estates, names, way, wanted < 300);
  const [method = '', template = ''] = text.replace(/ # .*$/, '').split(' ');
  let used = 0;
  const path = template.replaceAll(/:\w+=([^/]+)/g, '$1').replaceAll(/:\w+/g, (parameter) => {
    const value = values[used++];
    if (value === undefined) throw new Error(`The row of ${text} does not say what ${parameter} names`);
    return encodeURIComponent(value);
  });
  const sent = typeof body === 'function' ? await body(values, asker) : body;
  const answer = await world.send(asker.as, method, path, sent, headersOf(estates, names, way));
  return { ...answer, text: masked(answer, values), what: `${method} ${path} ${JSON.stringify(sent) ?? ''}` };
}

function headersOf({ other }: Estates, names: readonly Name[], { whose }: Way): Record<string, string> {
  if (names.length > 0 || whose === 'own') return {};
  return { 'x-grafana-org-id': String(whose === 'other' ? other.orgId : MISSING_ID) };
}

async function valuesOf(estates: Estates, names: readonly Name[], { places }: Way, succeeds: boolean) {
  const made = new Map<string, Thing>();
  const values: (string | number)[] = [];
  for (const [at, name] of names.entries()) {
    const { isFresh, kind, field } = parse(name);
    const whose = places[at] ?? 'own';
    const estate = whose === 'other' ? estates.other : estates.own;
    const key = `${whose} ${kind}`;
    if (isFresh && succeeds && whose !== 'missing' && !made.has(key)) made.set(key, await estate.make(kind));
    const value = ((isFresh ? made.get(key) : undefined) ?? estate.things[kind])[field];
    if (value === undefined) throw new Error(`The maker of ${kind} says nothing of ${name}`);
    values.push(whose === 'missing' ? missingLike(value, isFresh && succeeds) : value);
  }
  return values;
}

function parse(name: Name): { isFresh: boolean; kind: Kind; field: string } {
  const [, fresh, kind, field = 'id'] = /^=?(\+?)(\w+)(?:\.(\w+))?$/.exec(name) ?? [];
  return { isFresh: fresh === '+', kind: kind as Kind, field };
}

// What is not there is there afterwards where a request makes it.
function missingLike(value: string | number, isMade: boolean): string | number {
  if (typeof value === 'number') return MISSING_ID;
  return isMade ? `${MISSING}-${++missing}` : MISSING;
}

function masked({ body }: Answer, values: readonly (string | number)[]): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const plain = text
    .replaceAll(/"(traceID|accessErrorId)":"[^"]*"/g, '"$1":""')
    .replaceAll(/(organizations?) \d+/g, '$1 ‹number›');
  return values
    .map(String)
    .toSorted((one, another) => another.length - one.length)
    .reduce((rest, value) => replaceWhole(rest, value, '‹it›'), plain);
}

function replaceWhole(text: string, value: string, by: string): string {
  const literal = value.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return text.replaceAll(new RegExp(`(?<![\\w-])${literal}(?![\\w-])`, 'g'), by);
}
