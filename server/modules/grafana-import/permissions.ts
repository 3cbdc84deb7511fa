import type { Level, ObjectKind } from '../../access/object-levels.ts';
import type { Row } from '../../sources/source.ts';
import { type Given, givenOn, isBasicRole, type Subject, type Thing } from './given.ts';
import { listMembers, listTeamOrgs, memberKey } from './members.store.ts';
import { insertPermissions } from './permissions.store.ts';
import { distinct, type Person, peopleOf, targetsOf } from './refs.ts';
import type { Tally } from './report.ts';
import { refOf } from './rows.ts';
import { idOf, type Run, type Stage } from './run.ts';

const KIND = 'permission';

/** A thing that came, and what was given on it in Grafana. */
export interface Target {
  rowId: number;
  orgId: number;
  /** As permissions name it here. */
  objectId: string;
  given: readonly Given[];
}

/** Gives on things here what was given on them in Grafana, to whoever came along and is in the organization. */
export async function bringPermissions(
  run: Run,
  kind: ObjectKind,
  targets: readonly Target[],
  tally: Tally,
): Promise<void> {
  const { context } = run;
  const subjects = targets.flatMap(({ given }) => given.map(({ subject }) => subject));
  const people = await peopleOf(
    run,
    subjects.flatMap((subject) => ('user' in subject ? [subject.user] : [])),
  );
  const teams = await targetsOf(
    run,
    'team',
    subjects.flatMap((subject) => ('team' in subject ? [subject.team] : [])),
  );
  const members = await listMembers(
    context.db,
    distinct(targets.map(({ orgId }) => orgId)),
    [...people.values()].map(({ id }) => id),
  );
  const known = {
    people,
    teams,
    members,
    teamOrgs: await listTeamOrgs(context.db, distinct(teams.values())),
  };
  const now = context.now();
  const rows = targets.flatMap((target) => {
    const levels = new Map<string, Level>();
    for (const { subject, level } of target.given) {
      tally.add(KIND, 'found');
      const found = subjectHere(subject, target.orgId, known);
      if (typeof found === 'string') {
        tally.add(KIND, 'brought');
        levels.set(found, higher(level, levels.get(found)));
      } else tally.skip(KIND, { id: target.rowId, name: nameOf(kind, target, subject) }, found.fault);
    }
    return [...levels].map(([subject, level]) => ({
      org_id: target.orgId,
      kind,
      object_id: target.objectId,
      subject,
      level,
      created_at: now,
      updated_at: now,
    }));
  });
  await insertPermissions(context.db, rows);
}

function higher(level: Level, other: Level | undefined): Level {
  return other !== undefined && other > level ? other : level;
}

interface Known {
  people: ReadonlyMap<number, Person>;
  teams: ReadonlyMap<number, number>;
  members: ReadonlySet<string>;
  teamOrgs: ReadonlyMap<number, number>;
}

/** The subject as permissions name it here; or why it cannot be one: what is given to nobody might one day be somebody's. */
function subjectHere(
  subject: Subject,
  orgId: number,
  { people, teams, members, teamOrgs }: Known,
): string | { fault: string } {
  if ('role' in subject) {
    return isBasicRole(subject.role)
      ? `role:${subject.role}`
      : { fault: `${JSON.stringify(subject.role)} is no basic role` };
  }
  if ('team' in subject) {
    const team = teams.get(subject.team);
    if (team === undefined) return { fault: `the team ${subject.team} is not there` };
    const isOfOrg = teamOrgs.get(team) === orgId;
    return isOfOrg ? `team:${team}` : { fault: `the team ${subject.team} is of another organization` };
  }
  const person = people.get(subject.user);
  if (person === undefined) return { fault: `the user ${subject.user} is not there` };
  const isIn = person.kind === 'user' ? members.has(memberKey(orgId, person.id)) : person.orgId === orgId;
  return isIn ? `user:${person.id}` : { fault: `the user ${subject.user} is not in the organization` };
}

function nameOf(kind: ObjectKind, { objectId }: Target, subject: Subject): string {
  const [[what, who] = ['', '']] = Object.entries(subject);
  return `of ${what} ${who} on ${kind}:${objectId}`;
}

/** What was given on service accounts. It comes after everybody who may have been given it. */
export const ACCOUNT_PERMISSIONS: Stage<ReadonlyMap<number, Given[]>> = {
  table: 'user',
  ledger: 'account_permissions',
  columns: ['org_id', 'is_service_account'],
  equals: { is_service_account: true },
  batch: 200,
  kindOf: () => undefined,
  async prepare({ source, usesRoles }, rows) {
    const places = await source.rowsWith('org_user', 'user_id', rows.map(idOf), {
      columns: ['org_id', 'user_id'],
    });
    const orgs = new Map(places.map((row) => [refOf(row, 'user_id'), refOf(row, 'org_id')]));
    const thing = (row: Row): Thing => {
      const id = idOf(row);
      return { id, number: id, orgId: orgs.get(id) ?? 0, uid: '', hasUsual: false };
    };
    return givenOn(source, usesRoles, 'serviceaccounts', rows.map(thing));
  },
  async bring(run, rows, tally, given) {
    const people = await peopleOf(run, rows.map(idOf));
    const targets = rows.flatMap((row) => {
      const rowId = idOf(row);
      const account = people.get(rowId);
      if (account?.kind !== 'service-account') return [];
      return [{ rowId, orgId: account.orgId, objectId: String(account.id), given: given.get(rowId) ?? [] }];
    });
    await bringPermissions(run, 'serviceaccounts', targets, tally);
    return new Map(targets.map(({ rowId, objectId }) => [rowId, Number(objectId)]));
  },
};
