import { randomUUID } from 'node:crypto';
import { changeNumbers } from '../../../client/json-text.ts';
import { rememberMade } from '../../memory.ts';

type Members = Record<string, unknown>;

// Characters.
const MOST_KEPT = 8 * 1024 * 1024;

const OF_TARGET = ['refId', 'datasource', 'hide', 'type'];
const OF_ANNOTATION = ['name', 'datasource', 'enable', 'hide', 'iconColor', 'type', 'builtIn'];
const OF_VARIABLE = ['name', 'label', 'description', 'type', 'datasource', 'hide', 'multi', 'includeAll'];
const OF_DATASOURCE = ['type', 'uid'];
/** What is a query wherever it stands. */
const QUERIES = ['expr', 'query', 'rawSql', 'rawQuery', 'queryText'];

/**
 * Makes of a dashboard what anybody may read: without queries, and without the values that variables have. Other numbers stay as
 * they were written. What was made of the last ones is remembered.
 */
export function queryFilter(): (json: string) => string {
  return rememberMade(MOST_KEPT, withoutQueries);
}

function withoutQueries(json: string): string {
  const mark = randomUUID();
  const keep = (number: string): string =>
    String(Number(number)) === number ? number : JSON.stringify(mark + number);
  const dashboard = JSON.parse(changeNumbers(json, keep)) as Members;
  strip(dashboard);
  keepOfList(dashboard, 'annotations', OF_ANNOTATION);
  keepOfList(dashboard, 'templating', OF_VARIABLE);
  return JSON.stringify(dashboard).replaceAll(new RegExp(`"${mark}([^"]*)"`, 'g'), '$1');
}

/** Panels lie in rows, in other panels, and in copies of library panels: queries are taken out wherever they are. */
function strip(value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) strip(item);
    return;
  }
  if (!isObject(value)) return;
  for (const name of QUERIES) delete value[name];
  if ('targets' in value) value['targets'] = reduced(value['targets'], OF_TARGET);
  for (const part of Object.values(value)) strip(part);
}

function keepOfList(dashboard: Members, name: string, kept: readonly string[]): void {
  const holder = dashboard[name];
  if (holder !== undefined) dashboard[name] = { list: reduced(isObject(holder) && holder['list'], kept) };
}

function reduced(list: unknown, kept: readonly string[]): Members[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).map((item) => only(item, kept));
}

function only(item: Members, kept: readonly string[]): Members {
  const left: Members = {};
  for (const name of kept) {
    const value = item[name];
    if (isObject(value) && name === 'datasource') left[name] = only(value, OF_DATASOURCE);
    else if (value !== undefined && typeof value !== 'object') left[name] = value;
  }
  return left;
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
