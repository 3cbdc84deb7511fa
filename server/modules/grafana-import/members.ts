import { REMEMBERED } from '../../memory.ts';
import type { Row } from '../../sources/source.ts';
import { insertMembers, listMembers, memberKey } from './members.store.ts';
import { roleOf } from './places.ts';
import { orgsOf, peopleOf, type Person } from './refs.ts';
import type { Tally } from './report.ts';
import { refOf, textOf, timesOf } from './rows.ts';
import { idOf, NOTHING_TO_PREPARE, type Stage } from './run.ts';

const KIND = 'membership';

/** Who is in which organization, and as what. A service account's own is part of it, and came with it. */
export const MEMBERS: Stage<undefined> = {
  table: 'org_user',
  ledger: 'org_user',
  columns: ['org_id', 'user_id', 'role', 'created', 'updated'],
  batch: 200,
  kindOf: () => KIND,
  prepare: NOTHING_TO_PREPARE,
  async bring(run, rows, tally) {
    const { context } = run;
    const orgs = await orgsOf(run, rows);
    const people = await peopleOf(
      run,
      rows.map((row) => refOf(row, 'user_id')),
    );
    const members = rows.flatMap((row) => memberOf(row, orgs, people, tally));
    const known = await listMembers(
      context.db,
      members.map(({ orgId }) => orgId),
      members.map(({ person }) => person.id),
    );
    const fresh = members.filter(({ rowId, orgId, person }) => {
      if (person.kind === 'service-account') return false;
      const key = memberKey(orgId, person.id);
      const isKnown = known.has(key);
      if (isKnown && !run.tookOver) {
        tally.change(
          KIND,
          memberName(rowId, orgId, person),
          'they are in it already, with the role that they have here',
        );
      }
      known.add(key);
      return !isKnown;
    });
    await insertMembers(
      context.db,
      fresh.map(({ row, orgId, person, role }) => ({
        org_id: orgId,
        user_id: person.id,
        role,
        ...timesOf(row, context.now()),
      })),
    );
    for (const { person } of fresh) context.touch(REMEMBERED.user + person.id);
    tally.add(KIND, 'brought', members.length);
    return new Map(members.map(({ rowId, person }) => [rowId, person.id]));
  },
};

function memberOf(
  row: Row,
  orgs: ReadonlyMap<number, number>,
  people: ReadonlyMap<number, Person>,
  tally: Tally,
) {
  const rowId = idOf(row);
  const [theirOrg, theirUser] = [refOf(row, 'org_id'), refOf(row, 'user_id')];
  const [orgId, person, role] = [orgs.get(theirOrg), people.get(theirUser), roleOf(textOf(row, 'role'))];
  const fault =
    orgId === undefined
      ? `the organization ${theirOrg} is not there`
      : person === undefined
        ? `the user ${theirUser} is not there`
        : role === undefined
          ? `${JSON.stringify(textOf(row, 'role'))} is no role`
          : undefined;
  if (fault !== undefined) {
    tally.skip(KIND, { id: rowId, name: `user ${theirUser} in organization ${theirOrg}` }, fault);
  }
  return orgId === undefined || person === undefined || role === undefined
    ? []
    : [{ rowId, row, orgId, person, role }];
}

function memberName(id: number, orgId: number, person: Person): { id: number; name: string } {
  return { id, name: `user ${person.id} in organization ${orgId}` };
}
