import { strict as assert } from 'node:assert';
import { DatabaseSync } from 'node:sqlite';
import type { Running } from '../support/serving.ts';
import { type Answer, ask, mustBe } from './ask.ts';

type Kind = 'key' | 'token' | 'account' | 'dashboard' | 'folder' | 'role' | 'org';

// What is made, as often as it stands here; organizations when the last ones have been moved.
const KINDS: readonly Kind[] = ['key', 'key', 'key', 'token', 'account', 'dashboard', 'folder', 'role'];

/** How a thing is in the database: not there, there, revoked, in a version, or (an organization) with all keys moved. */
type State = 'gone' | 'there' | 'revoked' | 'migrated' | `v${number}`;

/** Something that the writers made, and what they know of it from the answers that they got. */
interface Thing {
  kind: Kind;
  name: string;
  /** The organization, made by the writers too, whose keys are to be moved; undefined is the first one, in which nothing is. */
  org: Thing | undefined;
  orgId: number;
  id: number | undefined;
  secret: string | undefined;
  state: State;
  /** Changes that were answered, each of which has its row in the record. */
  changes: number;
  /** What a change makes of it whose answer has not come. */
  pending: State | undefined;
  /** Of an organization: how many keys were made in it. */
  keys: number;
  /** How many are at it. */
  inUse: number;
}

interface Step {
  method: string;
  path: string;
  body?: unknown;
  to: State;
}

const KIND_IN_RECORD: Record<Kind, string> = {
  key: 'api-key',
  token: 'token',
  account: 'service-account',
  dashboard: 'dashboard',
  folder: 'folder',
  role: 'role',
  org: 'org',
};
const SHARE_OF_NEW = 0.55;
// So that some organizations take more than one transaction to move.
const KEYS_BEFORE_MOVE = [5, 12, 130];
const OLD_SECRETS_TRIED = 12;
const OPEN_ORGS = 3;
const FIRST_ORG = 1;
const NEW = {
  id: undefined,
  secret: undefined,
  state: 'gone' as State,
  changes: 0,
  keys: 0,
  pending: undefined,
};

/** What was answered, and what was only sent. */
export interface Kept {
  /** Makes what the writers need. */
  prepare(server: Running): Promise<void>;
  /** Sends changes one after the other, until the server is gone. Throws when one is refused that is right. */
  write(server: Running): Promise<void>;
  /** Compares what was answered with the database and with what a newly started server lets in. Throws at the first difference. */
  compare(server: Running, path: string, wholly: boolean): Promise<void>;
  figures(): { answered: number; unanswered: number; unansweredMade: number; secrets: number; moved: number };
}

/** Remembers what writers are told, to be compared with what is there after a kill. */
export function createKept(): Kept {
  const things: Thing[] = [];
  const touched = new Set<Thing>();
  const record = createTally();
  const ids = new Map<string, Set<number>>();
  const figures = { answered: 0, unanswered: 0, unansweredMade: 0, secrets: 0, moved: 0 };
  let accountId = 0;
  let made = 0;

  function begin(): Thing {
    const open = things.filter(isOpenOrg);
    const filling = open.filter((org) => org.keys < keysBeforeMove(org));
    // Few organizations, so that they fill.
    const kind = open.length < OPEN_ORGS ? 'org' : choose(KINDS);
    const name = `${kind} ${++made}`;
    const org = kind === 'key' && filling.length > 0 && Math.random() < 0.8 ? choose(filling) : undefined;
    const thing: Thing = { ...NEW, kind, name, org, orgId: org?.id ?? FIRST_ORG, inUse: 1 };
    if (org !== undefined) org.inUse++;
    things.push(thing);
    return thing;
  }

  function pick(): Thing {
    const full = things.find((org) => isOpenOrg(org) && org.inUse === 0 && org.keys >= keysBeforeMove(org));
    const isNew = full === undefined && Math.random() < SHARE_OF_NEW;
    const ready = isNew
      ? []
      : things.slice(-2000).filter((thing) => thing.inUse === 0 && stepsOf(thing).length > 0);
    const thing = full ?? (ready.length > 0 ? choose(ready) : undefined);
    if (thing === undefined) return begin();
    thing.inUse++;
    return thing;
  }

  /** What may be done to a thing as it is. */
  function stepsOf(thing: Thing): Step[] {
    const { kind, name, state, org } = thing;
    if (kind === 'org' && state === 'there') {
      if (thing.keys < keysBeforeMove(thing)) return [];
      return [{ method: 'POST', path: '/api/serviceaccounts/migrate', body: {}, to: 'migrated' }];
    }
    // Keys of an organization that is to be moved stay as they are.
    if (org !== undefined || state === 'migrated' || thing.id === undefined) return [];
    const uid = uidOf(name);
    const end = (path: string): Step => ({ method: 'DELETE', path, to: 'gone' });
    const revoke = (path: string): Step[] =>
      state === 'revoked' ? [] : [{ method: 'POST', path: `${path}/revoke`, to: 'revoked' }];
    if (state === 'gone') return [];
    if (kind === 'key') return [end(`/api/auth/keys/${thing.id}`), ...revoke(`/api/auth/keys/${thing.id}`)];
    const token = `/api/serviceaccounts/${accountId}/tokens/${thing.id}`;
    if (kind === 'token') return [end(token), ...revoke(token)];
    if (kind === 'account') return [end(`/api/serviceaccounts/${thing.id}`)];
    if (kind === 'folder') return [end(`/api/folders/${uid}`)];
    if (kind === 'role') return [end(`/api/access-control/roles/${uid}`)];
    return [end(`/api/dashboards/uid/${uid}`), saveDashboard(thing)];
  }

  function creation(thing: Thing): Step {
    const { kind, name } = thing;
    const uid = uidOf(name);
    const to = 'there';
    const post = (path: string, body: unknown): Step => ({ method: 'POST', path, body, to });
    if (kind === 'key') return post('/api/auth/keys', { name, role: 'Viewer' });
    if (kind === 'token') return post(`/api/serviceaccounts/${accountId}/tokens`, { name });
    if (kind === 'account') return post('/api/serviceaccounts', { name, role: 'Viewer' });
    if (kind === 'folder') return { ...post('/api/folders', { uid, title: name }), to: 'v1' };
    if (kind === 'role') {
      const permissions = [{ action: 'dashboards:read', scope: 'dashboards:*' }];
      return post('/api/access-control/roles', { uid, name, version: 1, permissions });
    }
    if (kind === 'org') return post('/api/orgs', { name });
    return saveDashboard(thing);
  }

  function saveDashboard({ name, state }: Thing): Step {
    const version = state === 'gone' ? 0 : Number(state.slice(1));
    const dashboard = { uid: uidOf(name), title: name, version };
    return { method: 'POST', path: '/api/dashboards/db', body: { dashboard }, to: `v${version + 1}` };
  }

  function takeId(kind: Kind, id: number | undefined): void {
    if (id === undefined) return;
    // Keys and tokens share their ids, dashboards and folders too.
    const table = kind === 'token' ? 'key' : kind === 'folder' ? 'dashboard' : kind;
    const taken = ids.get(table) ?? new Set();
    ids.set(table, taken);
    assert.ok(!taken.has(id), `the id ${id} was given to two of kind ${table}`);
    taken.add(id);
  }

  function learn(thing: Thing, { body }: Answer): void {
    thing.id = body.id ?? body.orgId ?? 0;
    thing.secret = body.key;
    if (thing.secret !== undefined) figures.secrets++;
    if (thing.kind !== 'role') takeId(thing.kind, thing.id);
  }

  /** One change, noted as sent before it is sent, and as made once that is answered. */
  async function change(server: Running): Promise<void> {
    const thing = pick();
    const isNew = thing.state === 'gone';
    const { method, path, body, to } = isNew ? creation(thing) : choose(stepsOf(thing));
    touched.add(thing);
    thing.pending = to;
    const orgId = thing.kind === 'org' && !isNew ? thing.id : thing.orgId;
    const answer = await ask(server, method, path, { body, ...(orgId === undefined ? {} : { orgId }) });
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    if (isNew) learn(thing, answer);
    Object.assign(thing, { state: to, pending: undefined, changes: thing.changes + 1 });
    figures.answered++;
    if (to === 'migrated') figures.moved++;
    thing.inUse--;
    if (isNew && thing.org !== undefined) {
      thing.org.inUse--;
      thing.org.keys++;
    }
  }

  /** Where it is not known whether a change was made, it was either made or not, and its row is there or not. */
  function settle(thing: Thing, database: DatabaseSync): void {
    const { name, pending } = thing;
    const found = look(database, thing);
    const states = pending === undefined ? [thing.state] : [thing.state, pending];
    assert.ok(states.includes(found.state), `${name} is ${found.state} and should be ${states.join(' or ')}`);
    if (pending !== undefined) {
      figures.unanswered++;
      if (found.state === pending) {
        figures.unansweredMade++;
        thing.changes++;
        if (thing.org !== undefined && thing.id === undefined) thing.org.keys++;
        if (pending === 'migrated') figures.moved++;
        if (thing.id === undefined && thing.kind !== 'role') takeId(thing.kind, found.id);
      }
    }
    if (found.state !== 'gone') thing.id = found.id;
    Object.assign(thing, { state: found.state, pending: undefined, inUse: 0 });
    if (thing.org !== undefined) thing.org.inUse = 0;
    expectRecorded(thing);
  }

  function expectRecorded({ kind, name, changes }: Thing): void {
    const rows = record.of(KIND_IN_RECORD[kind], name);
    assert.equal(rows, changes, `${name}: ${changes} changes, ${rows} rows in the record`);
  }

  function expectWhole(database: DatabaseSync): void {
    expectIntegrity(database);
    for (const [what, query] of Object.entries(HALVES)) {
      assert.deepEqual(database.prepare(query).all(), [], `${what} is there by halves`);
    }
    const open = database.prepare(
      `select c.id, c.service_account_id as account, s.org_id as org, s.role from credential c
       left join service_account s on s.id = c.service_account_id where c.org_id = ? and c.name = ?`,
    );
    for (const thing of things) {
      if (
        thing.kind !== 'key' ||
        thing.org === undefined ||
        !touched.has(thing.org) ||
        thing.state === 'gone'
      )
        continue;
      const { id, account, org, role } = open.get(thing.orgId, thing.name) as Record<string, unknown>;
      const moves = account === null ? 0 : 1;
      assert.equal(record.moves(Number(id)), moves, `${thing.name}: moved ${moves}, recorded otherwise`);
      if (account !== null) assert.deepEqual([org, role], [thing.orgId, 'Viewer']);
      else
        assert.notEqual(
          thing.org.state,
          'migrated',
          `${thing.name} stayed a key in an organization that was moved`,
        );
    }
  }

  async function expectSecrets(server: Running): Promise<void> {
    const older = things.length === 0 ? [] : Array.from({ length: OLD_SECRETS_TRIED }, () => choose(things));
    const tried = [...touched, ...older].filter(({ secret }) => secret !== undefined);
    for (const { name, secret, state } of new Set(tried)) {
      const { status } = await ask(server, 'GET', '/api/user', { as: `Bearer ${secret}` });
      assert.equal(
        status,
        state === 'there' ? 200 : 401,
        `${name} is ${state}, and its secret gives ${status}`,
      );
    }
  }

  return {
    async prepare(server) {
      const account = { name: 'the one with the tokens', role: 'Viewer' };
      accountId = mustBe(201, await ask(server, 'POST', '/api/serviceaccounts', { body: account })).body.id;
    },
    async write(server) {
      for (;;) {
        try {
          await change(server);
        } catch (error) {
          // No answer: the server is gone, which ends the writers.
          if (error instanceof TypeError) return;
          throw error;
        }
      }
    },
    async compare(server, path, wholly) {
      const database = new DatabaseSync(path, { readOnly: true });
      try {
        record.read(database, wholly);
        for (const thing of touched) settle(thing, database);
        if (wholly) for (const thing of things) settle(thing, database);
        expectWhole(database);
      } finally {
        database.close();
      }
      await expectSecrets(server);
      touched.clear();
    },
    figures: () => figures,
  };
}

// What belongs together and would show a change that was made by halves.
const HALVES = {
  'a dashboard': `select uid from dashboard d where is_folder = 0
    and not exists (select 1 from dashboard_version v where v.dashboard_id = d.id and v.version = d.version)`,
  'a role': `select uid from role r where uid like 'role-%'
    and not exists (select 1 from role_permission p where p.role_id = r.id)`,
  'an organization': `select name from org o where id > 1
    and not exists (select 1 from org_member m where m.org_id = o.id)`,
  'an account made for a key': `select s.name from service_account s where s.name like 'key %'
    and not exists (select 1 from credential c where c.service_account_id = s.id)`,
};

/** SQLite's own checks of a file, of every page and every reference. */
export function expectIntegrity(database: DatabaseSync): void {
  assert.equal(database.prepare('pragma integrity_check').get()?.['integrity_check'], 'ok');
  assert.deepEqual(database.prepare('pragma foreign_key_check').all(), []);
}

/** How often each thing was changed by the record of changes, read on from where it was read last; nothing of before may be gone. */
function createTally() {
  const rows = new Map<string, number>();
  const moves = new Map<number, number>();
  let last = 0;
  let count = 0;
  return {
    read(database: DatabaseSync, wholly: boolean): void {
      const before = database.prepare('select count(*) as count from audit where id <= ?').get(last);
      assert.equal(before?.['count'], count, 'rows of the record are gone');
      if (wholly) {
        rows.clear();
        moves.clear();
        [last, count] = [0, 0];
      }
      const fresh = database.prepare(
        'select id, action, object_kind as kind, object_id as object, object_name as name from audit where id > ? order by id',
      );
      for (const { id, action, kind, object, name } of fresh.all(last) as Record<string, string>[]) {
        last = Number(id);
        count++;
        if (action === 'apikeys:migrate' && kind === 'api-key') {
          moves.set(Number(object), (moves.get(Number(object)) ?? 0) + 1);
        } else {
          rows.set(`${kind} ${name}`, (rows.get(`${kind} ${name}`) ?? 0) + 1);
        }
      }
    },
    of: (kind: string, name: string): number => rows.get(`${kind} ${name}`) ?? 0,
    moves: (id: number): number => moves.get(id) ?? 0,
  };
}

function look(database: DatabaseSync, { kind, name, orgId }: Thing): { state: State; id: number } {
  const find = (query: string, ...values: (string | number)[]) => database.prepare(query).get(...values);
  const gone = { state: 'gone' as const, id: 0 };
  if (kind === 'key' || kind === 'token') {
    const row = find('select id, is_revoked from credential where org_id = ? and name = ?', orgId, name);
    return row ? { state: row['is_revoked'] === 1 ? 'revoked' : 'there', id: Number(row['id']) } : gone;
  }
  if (kind === 'dashboard' || kind === 'folder') {
    const row = find('select id, version from dashboard where uid = ?', uidOf(name));
    return row ? { state: `v${Number(row['version'])}`, id: Number(row['id']) } : gone;
  }
  if (kind === 'org') {
    const row = find('select id, keys_migrated_at as moved from org where name = ?', name);
    return row ? { state: row['moved'] === null ? 'there' : 'migrated', id: Number(row['id']) } : gone;
  }
  const row =
    kind === 'role'
      ? find('select id from role where uid = ?', uidOf(name))
      : find('select id from service_account where org_id = ? and name = ?', orgId, name);
  return row ? { state: 'there', id: Number(row['id']) } : gone;
}

function isOpenOrg({ kind, state, pending }: Thing): boolean {
  return kind === 'org' && state === 'there' && pending === undefined;
}

function keysBeforeMove({ id = 0 }: Thing): number {
  return KEYS_BEFORE_MOVE[id % KEYS_BEFORE_MOVE.length] ?? 0;
}

function uidOf(name: string): string {
  return name.replace(' ', '-');
}

function choose<T>(all: readonly T[]): T {
  return all[Math.floor(Math.random() * all.length)] as T;
}
