import { searchText } from '../../db/search.ts';
import { ApiError } from '../../errors.ts';
import type { Row } from '../../sources/source.ts';
import { type Model, readModel } from '../library-elements/model.ts';
import { insertElements, listElementsLike } from './extras.store.ts';
import { type Around, foldersByUid, placesHere } from './folder-places.ts';
import { freeNames, nameKey, tidyName, type Wanted } from './names.ts';
import { distinct, idsFor, orgsOf, peopleOf, withoutOrg } from './refs.ts';
import type { Tally } from './report.ts';
import { integerOf, objectOf, refOf, textOf, timesOf } from './rows.ts';
import { idOf, named, type Run, type Stage } from './run.ts';
import { freeUids, uidKey } from './uids.ts';
import { inParts } from './versions.ts';

const KIND = 'library element';

interface Element {
  id: number;
  row: Row;
  kind: typeof KIND;
  orgId: number;
  folderId: number | null;
  name: string;
  uid: string;
  model: Model;
}

/** Library panels and variables. */
export const LIBRARY_ELEMENTS: Stage<ReadonlyMap<number, Around>> = {
  table: 'library_element',
  ledger: 'library_element',
  columns: [
    'org_id',
    'folder_id',
    'folder_uid',
    'uid',
    'name',
    'kind',
    'version',
    'model',
    'created',
    'created_by',
    'updated',
    'updated_by',
  ],
  sizes: ['model'],
  batch: 100,
  kindOf: () => KIND,
  split: (rows) => inParts(rows, 'model_bytes'),
  async prepare({ source }, rows) {
    const find = await foldersByUid(
      source,
      rows.map((row) => ({ orgId: refOf(row, 'org_id'), uid: textOf(row, 'folder_uid') })),
    );
    const around = new Map<number, Around>();
    for (const row of rows) {
      const [uid, id] = [textOf(row, 'folder_uid'), refOf(row, 'folder_id')];
      if (uid !== '' && uid !== 'general') around.set(idOf(row), find(refOf(row, 'org_id'), uid));
      else if (id > 0) around.set(idOf(row), { row: { table: 'dashboard', id }, name: String(id) });
    }
    return around;
  },
  async bring(run, rows, tally, around) {
    const { context } = run;
    const elements = await withFreeNames(run, await placed(run, rows, around, tally), tally);
    const ids = await idsFor(run, 'library_element', elements, tally);
    const people = await peopleOf(
      run,
      rows.flatMap((row) => [refOf(row, 'created_by'), refOf(row, 'updated_by')]),
    );
    await insertElements(
      context.db,
      elements.map(({ id, row, orgId, folderId, name, uid, model }) => ({
        id: ids.get(id) as number,
        org_id: orgId,
        folder_id: folderId,
        uid,
        name,
        kind: refOf(row, 'kind'),
        type: model.type,
        description: model.description,
        name_text: searchText(name),
        search_text: searchText(name, model.description),
        version: Math.max(1, integerOf(row, 'version') ?? 1),
        model: model.text,
        ...timesOf(row, context.now()),
        created_by: people.get(refOf(row, 'created_by'))?.id ?? null,
        updated_by: people.get(refOf(row, 'updated_by'))?.id ?? null,
      })),
    );
    tally.add(KIND, 'brought', elements.length);
    return ids;
  },
};

async function placed(
  run: Run,
  rows: readonly Row[],
  around: ReadonlyMap<number, Around>,
  tally: Tally,
): Promise<Element[]> {
  const orgs = await orgsOf(run, rows);
  const find = await placesHere(run, [...around.values()]);
  return rows.flatMap((row): Element[] => {
    const id = idOf(row);
    const outer = around.get(id);
    const orgId = orgs.get(refOf(row, 'org_id'));
    const place = outer && find(outer);
    const model = modelOf(row);
    const fault =
      orgId === undefined
        ? withoutOrg(row)
        : outer !== undefined && place?.orgId !== orgId
          ? `the folder ${outer.name} around it did not come`
          : ![1, 2].includes(refOf(row, 'kind'))
            ? 'it is of a kind that there is not'
            : 'fault' in model
              ? model.fault
              : undefined;
    if (orgId === undefined || 'fault' in model || fault !== undefined) {
      tally.skip(KIND, named(row), fault ?? '');
      return [];
    }
    const name = tidyName(textOf(row, 'name'), `element ${id}`);
    return [
      { id, row, kind: KIND, orgId, folderId: place?.id ?? null, name, uid: textOf(row, 'uid'), model },
    ];
  });
}

function modelOf(row: Row): Model | { fault: string } {
  const text = textOf(row, 'model');
  if (objectOf(text) === undefined) return { fault: 'its model is not valid JSON of an object' };
  try {
    return readModel(text);
  } catch (error) {
    if (error instanceof ApiError) return { fault: error.detail ?? error.message };
    throw error;
  }
}

async function withFreeNames(run: Run, elements: readonly Element[], tally: Tally): Promise<Element[]> {
  const names = await freeNames(
    elements.map((element) => ({ within: within(element), name: element.name })),
    (candidates) => takenNames(run, candidates),
    run.numbers,
  );
  const like = await listElementsLike(run.context.db, distinct(elements.map(({ orgId }) => orgId)), {
    names: [],
    uids: elements.map(({ uid }) => uid),
  });
  const uids = freeUids(elements, new Set(like.map(({ org_id, uid }) => uidKey(org_id, uid))));
  return elements.map((element, at) => {
    const [name, uid] = [names[at] as string, uids[at] as string];
    if (name !== element.name)
      tally.change(KIND, element, `it is named ${JSON.stringify(name)} here, since its name is taken`);
    if (uid !== element.uid)
      tally.change(
        KIND,
        element,
        `its uid is ${uid} here, since ${element.uid} cannot be kept: dashboards that show it have to be changed`,
      );
    return { ...element, name, uid };
  });
}

function within({ orgId, folderId, row }: Element): string {
  return `${orgId}/${folderId ?? 0}/${refOf(row, 'kind')}`;
}

async function takenNames({ context }: Run, candidates: readonly Wanted[]): Promise<ReadonlySet<string>> {
  const found = await listElementsLike(
    context.db,
    distinct(candidates.map(({ within: place }) => Number(place.split('/')[0]))),
    { names: candidates.map(({ name }) => name), uids: [] },
  );
  return new Set(
    found.map(({ org_id, folder_id, kind, name }) =>
      nameKey({ within: `${org_id}/${folder_id ?? 0}/${kind}`, name }),
    ),
  );
}
