import { importedPassword, isGrafanaHash } from '../../crypto/grafana-hashes.ts';
import { comparableName, searchText } from '../../db/search.ts';
import { REMEMBERED } from '../../memory.ts';
import type { Row } from '../../sources/source.ts';
import { endSessions } from '../sessions/sessions.ts';
import { expectImportedPasswords } from '../users/imported-passwords.ts';
import { freeNames, LONGEST_NAME, tidyName, withoutControls } from './names.ts';
import {
  hasUser,
  insertIdentities,
  insertUsers,
  listTakenNames,
  listUsersNamed,
  replaceUser,
} from './people.store.ts';
import { LOGINS, takenLogins } from './logins.ts';
import { idsFor, targetsOf } from './refs.ts';
import type { Tally } from './report.ts';
import { barOf, flagOf, refOf, textOf, timeOf, timesOf } from './rows.ts';
import { idOf, type Run } from './run.ts';

const KIND = 'user';
const FIRST_ADMIN_ID = 1;
const THEMES = new Set(['light', 'dark', 'system']);

interface User {
  id: number;
  row: Row;
  login: string;
  email: string;
  name: string;
}

/**
 * Brings users with their passwords. Nobody becomes somebody who is here already by a name or an address alone: they get another
 * one, unless that was asked for and both are the same.
 */
export async function bringUsers(run: Run, rows: readonly Row[], tally: Tally): Promise<Map<number, number>> {
  const brought = new Map<number, number>();
  const users = rows.map(asUser).filter((user) => isNamed(user, tally));
  const first = await takeOver(run, users, tally);
  if (first !== undefined) brought.set(first.id, FIRST_ADMIN_ID);
  const others = users.filter((user) => user !== first);
  const same = run.intoExisting ? await listSame(run, others) : new Map<User, number>();
  for (const [user, target] of same) {
    brought.set(user.id, target);
    tally.change(
      KIND,
      user,
      `they are one with user ${target}, who keeps the password and the rights from here`,
    );
  }
  const fresh = others.filter((user) => !same.has(user));
  for (const [id, target] of await insert(run, fresh, tally)) brought.set(id, target);
  expectImportedPasswords(run.context);
  tally.add(KIND, 'brought', brought.size);
  return brought;
}

function asUser(row: Row): User {
  const login = comparableName(withoutControls(textOf(row, 'login') || textOf(row, 'email')).trim());
  const email = comparableName(withoutControls(textOf(row, 'email') || login).trim());
  return {
    id: idOf(row),
    row,
    login,
    email,
    name: withoutControls(textOf(row, 'name')).slice(0, LONGEST_NAME).toWellFormed(),
  };
}

function isNamed(user: User, tally: Tally): boolean {
  const { login, email } = user;
  const isFit = login !== '' && login.length <= LONGEST_NAME && email.length <= LONGEST_NAME;
  if (!isFit)
    tally.skip(
      KIND,
      { id: user.id, name: login.slice(0, LONGEST_NAME) },
      'nobody can be called so: it has no login, or an endless one',
    );
  return isFit;
}

/** The administrator of a server where there is nothing yet becomes Grafana's, if that is one who may sign in. */
async function takeOver(run: Run, users: readonly User[], tally: Tally): Promise<User | undefined> {
  const { context, tookOver } = run;
  const first = users.find(({ id }) => id === FIRST_ADMIN_ID);
  if (!tookOver || first === undefined || !isWorkingAdmin(first)) return undefined;
  if (!(await hasUser(context.db, FIRST_ADMIN_ID))) return undefined;
  const { password_hash, ...values } = await valuesOf(run, [first], tally).then(([one]) => one as Values);
  await replaceUser(context.db, FIRST_ADMIN_ID, {
    ...values,
    // Who signs in elsewhere has none, and the server would be left without anybody who can sign in.
    ...(password_hash === null ? {} : { password_hash }),
  });
  await endSessions(context, FIRST_ADMIN_ID);
  context.touch(REMEMBERED.user + FIRST_ADMIN_ID);
  const password = password_hash === null ? 'the password stays as it was' : 'with the password from Grafana';
  tally.change(
    KIND,
    { id: first.id, name: first.login },
    `it is this server's first administrator now, ${password}`,
  );
  return first;
}

function isWorkingAdmin({ row }: User): boolean {
  return flagOf(row, 'is_admin') === 1 && barOf(row, 'is_disabled') === 0;
}

/** Who is here already under the same login and the same email. */
async function listSame({ context }: Run, users: readonly User[]): Promise<Map<User, number>> {
  const found = await listUsersNamed(
    context.db,
    users.map(({ login }) => login),
  );
  const byLogin = new Map(found.map((user) => [user.login, user]));
  const same = new Map<User, number>();
  for (const user of users) {
    const here = byLogin.get(user.login);
    if (here?.email === user.email) same.set(user, here.id);
  }
  return same;
}

async function insert(run: Run, users: readonly User[], tally: Tally): Promise<Map<number, number>> {
  const { context } = run;
  const named = await withFreeNames(run, users, tally);
  const ids = await idsFor(
    run,
    'identity',
    named.map(({ id, login }) => ({ id, name: login, kind: KIND })),
    tally,
  );
  const values = await valuesOf(run, named, tally);
  await insertIdentities(
    context.db,
    [...ids.values()].map((id) => ({ id, kind: 'user' })),
  );
  await insertUsers(
    context.db,
    named.map((user, at) => ({ id: ids.get(user.id) as number, ...(values[at] as Values) })),
  );
  return ids;
}

/** Users under logins and emails that are nobody's. An email that is taken cannot be numbered: the login stands in for it. */
async function withFreeNames(run: Run, users: readonly User[], tally: Tally): Promise<User[]> {
  const logins = await freeNames(
    users.map(({ login }) => ({ within: LOGINS, name: login })),
    (candidates) => takenLogins(run, candidates),
    run.numbers,
  );
  const taken = new Set([
    ...(await listTakenNames(
      run.context.db,
      users.map(({ email }) => email),
    )),
    ...logins,
  ]);
  return users.map((user, at) => {
    const login = logins[at] as string;
    const isOwn = user.email === login;
    const email = isOwn || !taken.has(user.email) ? user.email : login;
    taken.add(email);
    const was = { id: user.id, name: user.login };
    if (login !== user.login) tally.change(KIND, was, `the login is ${login} here, since theirs is taken`);
    if (email !== user.email)
      tally.change(KIND, was, `the email is ${email} here, since ${user.email} is taken`);
    return { ...user, login, email };
  });
}

type Values = Awaited<ReturnType<typeof valuesOf>>[number];

async function valuesOf(run: Run, users: readonly User[], tally: Tally) {
  const { context, tookOver } = run;
  const orgs = await targetsOf(
    run,
    'org',
    users.map(({ row }) => refOf(row, 'org_id')),
  );
  return users.map(({ id, row, login, email, name }) => {
    const times = timesOf(row, context.now());
    const isAdmin = flagOf(row, 'is_admin');
    const theme = textOf(row, 'theme');
    if (isAdmin === 1 && !tookOver) {
      const why =
        'it administered all of its Grafana, but does not administer this server, which had others before';
      tally.change(KIND, { id, name: login }, `${why}: an administrator can make it one`);
    }
    return {
      login,
      email,
      name: tidyName(name, ''),
      password_hash: passwordOf(row, { id, name: login }, tally),
      is_server_admin: tookOver ? isAdmin : (0 as const),
      is_disabled: barOf(row, 'is_disabled'),
      theme: THEMES.has(theme) ? theme : '',
      org_id: orgs.get(refOf(row, 'org_id')) ?? 0,
      search_text: searchText(login, email, name),
      ...times,
      last_seen_at: lastSeenOf(row, times.created_at),
    };
  });
}

function passwordOf(row: Row, user: { id: number; name: string }, tally: Tally): string | null {
  const [hash, salt] = [textOf(row, 'password'), textOf(row, 'salt')];
  if (hash === '') return null;
  if (isGrafanaHash(hash)) return importedPassword(hash, salt);
  tally.change(KIND, user, 'its password is kept in a form that is not known: set a new one');
  return null;
}

// Grafana: who was never there was there ten years before.
function lastSeenOf(row: Row, since: number): number | null {
  const seen = timeOf(row, 'last_seen_at');
  return seen === undefined || seen < since ? null : seen;
}
