import type { TeamPermission } from '../../access/identity.ts';
import { ADMINISTER } from '../../access/object-levels.ts';
import { searchText } from '../../db/search.ts';
import { REMEMBERED } from '../../memory.ts';
import type { Row } from '../../sources/source.ts';
import {
  insertTeamMembers,
  insertTeams,
  listMembers,
  listTeamOrgs,
  listTeamsNamed,
  memberKey,
} from './members.store.ts';
import { freeNames, nameKey, tidyName, type Wanted } from './names.ts';
import { distinct, idsFor, orgsOf, peopleOf, targetsOf, withoutOrg } from './refs.ts';
import type { Tally } from './report.ts';
import { refOf, textOf, timesOf } from './rows.ts';
import { idOf, named, NOTHING_TO_PREPARE, type Run, type Stage } from './run.ts';
import { freeUids, uidKey } from './uids.ts';

const KIND = 'team';
const MEMBER = 'team member';
const LONGEST_EMAIL = 190;

/** Teams. */
export const TEAMS: Stage<undefined> = {
  table: 'team',
  ledger: 'team',
  columns: ['org_id', 'name', 'email', 'uid', 'created', 'updated'],
  batch: 200,
  kindOf: () => KIND,
  prepare: NOTHING_TO_PREPARE,
  async bring(run, rows, tally) {
    const { context, numbers } = run;
    const teams = await placed(run, rows, tally);
    const names = await freeNames(
      teams.map(({ orgId, name }) => ({ within: String(orgId), name })),
      (candidates) => takenTeamNames(run, candidates),
      numbers,
    );
    const known = await listTeamsNamed(context.db, distinct(teams.map(({ orgId }) => orgId)), {
      names: [],
      uids: teams.map(({ uid }) => uid),
    });
    const uids = freeUids(teams, new Set(known.map(({ org_id, uid }) => uidKey(org_id, uid))));
    const ids = await idsFor(
      run,
      'team',
      teams.map((team) => ({ ...team, kind: KIND })),
      tally,
    );
    await insertTeams(
      context.db,
      teams.map(({ id, row, orgId }, at) => ({
        id: ids.get(id) as number,
        org_id: orgId,
        uid: uids[at] as string,
        name: names[at] as string,
        email: textOf(row, 'email').slice(0, LONGEST_EMAIL),
        search_text: searchText(names[at] as string),
        ...timesOf(row, context.now()),
      })),
    );
    for (const [at, team] of teams.entries()) {
      if (names[at] !== team.name)
        tally.change(KIND, team, `it is named ${JSON.stringify(names[at])} here, since its name is taken`);
      // Before Grafana 11 teams had no uid that anybody could know.
      if (team.uid !== '' && uids[at] !== team.uid)
        tally.change(KIND, team, `its uid is ${uids[at]} here, since ${team.uid} cannot be kept`);
    }
    tally.add(KIND, 'brought', teams.length);
    return ids;
  },
};

async function placed(run: Run, rows: readonly Row[], tally: Tally) {
  const orgs = await orgsOf(run, rows);
  return rows.flatMap((row) => {
    const orgId = orgs.get(refOf(row, 'org_id'));
    if (orgId === undefined) {
      tally.skip(KIND, named(row), withoutOrg(row));
      return [];
    }
    const id = idOf(row);
    return [{ id, row, orgId, name: tidyName(textOf(row, 'name'), `team ${id}`), uid: textOf(row, 'uid') }];
  });
}

async function takenTeamNames({ context }: Run, candidates: readonly Wanted[]): Promise<ReadonlySet<string>> {
  const found = await listTeamsNamed(context.db, distinct(candidates.map(({ within }) => Number(within))), {
    names: candidates.map(({ name }) => name),
    uids: [],
  });
  return new Set(found.map(({ org_id, name }) => nameKey({ within: String(org_id), name })));
}

/** Who is in which team. Only who is in the organization can be. */
export const TEAM_MEMBERS: Stage<undefined> = {
  table: 'team_member',
  ledger: 'team_member',
  columns: ['org_id', 'team_id', 'user_id', 'permission', 'created', 'updated'],
  batch: 200,
  kindOf: () => MEMBER,
  prepare: NOTHING_TO_PREPARE,
  async bring(run, rows, tally) {
    const { context } = run;
    const teams = await targetsOf(
      run,
      'team',
      rows.map((row) => refOf(row, 'team_id')),
    );
    const people = await peopleOf(
      run,
      rows.map((row) => refOf(row, 'user_id')),
    );
    const orgs = await listTeamOrgs(context.db, distinct(teams.values()));
    const inOrg = await listMembers(
      context.db,
      distinct(orgs.values()),
      [...people.values()].map(({ id }) => id),
    );
    const members = rows.flatMap((row) => {
      const [teamId, person] = [teams.get(refOf(row, 'team_id')), people.get(refOf(row, 'user_id'))];
      const orgId = teamId === undefined ? undefined : orgs.get(teamId);
      const isMember = orgId !== undefined && person !== undefined && inOrg.has(memberKey(orgId, person.id));
      if (teamId === undefined || orgId === undefined || person === undefined || !isMember) {
        tally.skip(MEMBER, memberName(row), faultOf(row, teamId, person?.id));
        return [];
      }
      const permission: TeamPermission = refOf(row, 'permission') === ADMINISTER ? ADMINISTER : 0;
      const times = timesOf(row, context.now());
      return [{ rowId: idOf(row), team_id: teamId, org_id: orgId, user_id: person.id, permission, ...times }];
    });
    await insertTeamMembers(
      context.db,
      members.map(({ rowId: _rowId, ...member }) => member),
    );
    for (const { user_id } of members) context.touch(REMEMBERED.user + user_id);
    tally.add(MEMBER, 'brought', members.length);
    return new Map(members.map(({ rowId, user_id }) => [rowId, user_id]));
  },
};

function memberName(row: Row): { id: number; name: string } {
  return { id: idOf(row), name: `user ${refOf(row, 'user_id')} in team ${refOf(row, 'team_id')}` };
}

function faultOf(row: Row, teamId: number | undefined, userId: number | undefined): string {
  if (teamId === undefined) return `the team ${refOf(row, 'team_id')} is not there`;
  return userId === undefined
    ? `the user ${refOf(row, 'user_id')} is not there`
    : `the user ${refOf(row, 'user_id')} is not in the organization of the team`;
}
