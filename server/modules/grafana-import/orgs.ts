import { MAIN_ORG_ID } from '../../access/basic-roles.ts';
import { searchText } from '../../db/search.ts';
import { REMEMBERED } from '../../memory.ts';
import type { Row } from '../../sources/source.ts';
import { freeNames, nameKey, tidyName, type Wanted } from './names.ts';
import { insertOrgs, listOrgsNamed, replaceOrg } from './orgs.store.ts';
import { idsFor } from './refs.ts';
import type { Tally } from './report.ts';
import { textOf, timesOf } from './rows.ts';
import { idOf, NOTHING_TO_PREPARE, type Run, type Stage } from './run.ts';

const KIND = 'organization';
const COLUMNS = [
  'name',
  'address1',
  'address2',
  'city',
  'state',
  'zip_code',
  'country',
  'created',
  'updated',
];

/** Organizations. One whose name is taken gets a number, or is taken for the one that is there where that was asked for. */
export const ORGS: Stage<undefined> = {
  table: 'org',
  ledger: 'org',
  columns: COLUMNS,
  batch: 200,
  kindOf: () => KIND,
  prepare: NOTHING_TO_PREPARE,
  async bring(run, rows, tally) {
    const brought = new Map<number, number>();
    const orgs = rows.map((row) => ({ id: idOf(row), row, name: nameOf(row) }));
    for (const org of orgs.filter(({ id }) => isMain(run, id))) {
      await takeOver(run, org, tally);
      brought.set(org.id, MAIN_ORG_ID);
    }
    const others = orgs.filter(({ id }) => !isMain(run, id));
    const existing = run.intoExisting ? await listNamed(run, others) : new Map<string, number>();
    const met = others.flatMap((org) => ({ org, target: existing.get(org.name) }));
    for (const { org, target } of met) {
      if (target === undefined) continue;
      brought.set(org.id, target);
      tally.change(KIND, org, `it is one with organization ${target}, which has its name`);
    }
    const fresh = met.filter(({ target }) => target === undefined).map(({ org }) => org);
    for (const [id, target] of await insert(run, fresh, tally)) brought.set(id, target);
    tally.add(KIND, 'brought', brought.size);
    return brought;
  },
};

interface Org {
  id: number;
  row: Row;
  name: string;
}

function isMain({ tookOver }: Run, id: number): boolean {
  return tookOver && id === MAIN_ORG_ID;
}

function nameOf(row: Row): string {
  return tidyName(textOf(row, 'name'), `organization ${idOf(row)}`);
}

/** The first organization of a server where there is nothing yet becomes Grafana's. */
async function takeOver({ context }: Run, { id, row, name }: Org, tally: Tally): Promise<void> {
  await replaceOrg(context.db, MAIN_ORG_ID, valuesOf(row, name, context.now()));
  context.touch(REMEMBERED.org + MAIN_ORG_ID);
  tally.change(KIND, { id, name }, "it is this server's first organization, which had nothing in it yet");
}

async function insert(run: Run, orgs: readonly Org[], tally: Tally): Promise<Map<number, number>> {
  const { context, numbers } = run;
  const names = await freeNames(
    orgs.map(({ name }) => ({ within: KIND, name })),
    async (candidates) => new Set((await listNamed(run, candidates)).keys().map(keyOf)),
    numbers,
  );
  const ids = await idsFor(
    run,
    'org',
    orgs.map((org) => ({ ...org, kind: KIND })),
    tally,
  );
  const rows = orgs.map((org, at) => ({
    id: ids.get(org.id) as number,
    ...valuesOf(org.row, names[at] as string, context.now()),
  }));
  await insertOrgs(context.db, rows);
  for (const [at, org] of orgs.entries()) {
    if (names[at] === org.name) continue;
    tally.change(KIND, org, `it is named ${JSON.stringify(names[at])} here, since its name is taken`);
  }
  return ids;
}

async function listNamed({ context }: Run, orgs: readonly { name: string }[]): Promise<Map<string, number>> {
  if (orgs.length === 0) return new Map();
  const found = await listOrgsNamed(
    context.db,
    orgs.map(({ name }) => name),
  );
  return new Map(found.map(({ name, id }) => [name, id]));
}

function keyOf(name: string): string {
  return nameKey({ within: KIND, name } satisfies Wanted);
}

function valuesOf(row: Row, name: string, now: number) {
  return {
    name,
    address1: textOf(row, 'address1'),
    address2: textOf(row, 'address2'),
    city: textOf(row, 'city'),
    zip_code: textOf(row, 'zip_code'),
    state: textOf(row, 'state'),
    country: textOf(row, 'country'),
    search_text: searchText(name),
    ...timesOf(row, now),
  };
}
