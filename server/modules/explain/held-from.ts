import { scopeOf } from '../../access/object-levels.ts';
import { type Source, sourcesOf } from '../../access/sources.ts';
import { levelName } from '../resource-permissions/resources.ts';
import { rolesGiving } from '../roles/granted.ts';
import { rolesNamed } from '../roles/known-roles.ts';
import { requireTeam } from '../teams/teams.ts';
import { askerMay, type Request, type Subject } from './subject.ts';

type Of<F extends Source['from']> = Extract<Source, { from: F }>;

const PLAIN: Record<Exclude<Source['from'], 'basic role' | 'object' | 'other roles'>, string> = {
  'own account': 'being that very account',
  'server administrator': 'administering the server',
  'main organization':
    'the role Admin of the main organization ([access_control] main_org_admins_read_server)',
  'nothing there': 'there being no such folder or dashboard, which anybody with a role may be told',
  'some object': 'a permission on some object; on which, the call asks once it knows what is meant',
};

const THING: Record<string, string> = {
  folders: 'folder',
  dashboards: 'dashboard',
  datasources: 'data source',
  serviceaccounts: 'service account',
  teams: 'team',
};

/** From what somebody has what a route asks, in words, as far as whoever asks may see where that is kept. */
export async function heldFrom(subject: Subject, { route, parameters }: Request): Promise<string[]> {
  const sources = await sourcesOf(route.access, subject.context, parameters);
  const texts = [];
  for (const source of sources) texts.push(...(await textsOf(subject, source)));
  return [...new Set(texts)];
}

async function textsOf(subject: Subject, source: Source): Promise<string[]> {
  if (source.from === 'other roles') return otherRoles(subject, source);
  if (source.from === 'object') return [await objectText(subject, source)];
  return [source.from === 'basic role' ? `the basic role ${subject.context.actor.role}` : PLAIN[source.from]];
}

async function otherRoles(subject: Subject, { action, scopes }: Of<'other roles'>): Promise<string[]> {
  const { context } = subject;
  const { kind, id } = context.actor.principal;
  const holder = kind === 'user' ? { user_id: id } : { service_account_id: id };
  const held = await rolesGiving(context, holder, { action, scopes });
  const texts = [];
  for (const { team_id, ...role } of held) {
    const [known] = await rolesNamed(context, [role]);
    // Which roles one has is told to who may read roles.
    const mayRead = known !== undefined && (await askerMay(subject, 'roles:read', `roles:uid:${known.uid}`));
    const name = mayRead ? `the role ${JSON.stringify(known.name)}` : 'a role besides the basic one';
    const team = team_id === null ? '' : ` of ${await teamText(subject, team_id)}`;
    texts.push(name + team);
  }
  return texts;
}

async function objectText(subject: Subject, { held, isAround }: Of<'object'>): Promise<string> {
  const { kind, id, level, subject: to } = held;
  const mayRead = subject.isOwn || (await askerMay(subject, `${kind}.permissions:read`, scopeOf(kind, id)));
  if (!mayRead) return 'a permission on the object or on what it lies in';
  if (kind === 'teams') return `being ${level > 1 ? 'an Admin' : 'a member'} of the team ${id}`;
  const where = `the ${THING[kind]} ${JSON.stringify(id)}${isAround ? ', in which it lies,' : ''}`;
  return `the permission ${levelName(kind, level)} on ${where} given to ${await holderText(subject, to)}`;
}

async function holderText(subject: Subject, name: string): Promise<string> {
  const [kind, id = ''] = name.split(':');
  if (kind === 'role') return `the basic role ${id}`;
  return kind === 'team' ? teamText(subject, Number(id)) : 'it by name';
}

async function teamText(subject: Subject, id: number): Promise<string> {
  if (!subject.isOwn && !(await askerMay(subject, 'teams:read', `teams:id:${id}`)))
    return 'a team that it is in';
  return `the team ${JSON.stringify((await requireTeam(subject.context, String(id))).name)}`;
}
