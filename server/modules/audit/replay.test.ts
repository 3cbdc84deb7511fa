import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg } from '../../testing/people.ts';
import { startWorld, type World } from '../../testing/world.ts';

// What the record says happened to service accounts and tokens, put one after the other, is what there is.

const NAMES = ['deploy', 'backup', 'monitor'];
const ROLES = ['Viewer', 'Editor', 'Admin'];
const RUNS = 12;

const slot = fc.nat({ max: 3 });
const step = fc.oneof(
  fc.record({
    do: fc.constant('create' as const),
    name: fc.constantFrom(...NAMES),
    role: fc.constantFrom(...ROLES),
  }),
  fc.record({
    do: fc.constant('change' as const),
    slot,
    changes: fc.record(
      { name: fc.constantFrom(...NAMES), role: fc.constantFrom(...ROLES), isDisabled: fc.boolean() },
      { requiredKeys: [] },
    ),
  }),
  fc.record({ do: fc.constant('delete' as const), slot }),
  fc.record({ do: fc.constant('issue' as const), slot, name: fc.constantFrom(...NAMES) }),
  fc.record({ do: fc.constantFrom('revoke' as const, 'drop' as const), slot, token: slot }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface Account {
  name: string;
  role: string;
  isDisabled: boolean;
  tokens: Record<string, { name: string; isRevoked: boolean }>;
}
type State = Record<string, Account>;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let made = 0;

async function newOrg() {
  const orgId = await makeOrg(world, `replayed ${++made}`);
  const { as } = await makeMember(world, orgId, `player${made}`, 'Admin');
  const ask = async (method: string, path: string, body?: object) => world.send(as, method, path, body);
  return { ask };
}
type Ask = Awaited<ReturnType<typeof newOrg>>['ask'];

async function stateOf(ask: Ask): Promise<State> {
  const { body } = await ask('GET', '/api/serviceaccounts/search?perpage=100');
  const state: State = {};
  for (const { id, name, role, isDisabled } of body.serviceAccounts) {
    const tokens: Account['tokens'] = {};
    for (const token of (await ask('GET', `/api/serviceaccounts/${id}/tokens`)).body)
      tokens[token.id] = { name: token.name, isRevoked: token.isRevoked === true };
    state[id] = { name, role, isDisabled, tokens };
  }
  return state;
}

/** Does a step, which may well be refused. */
async function play(ask: Ask, wanted: Step): Promise<void> {
  if (wanted.do === 'create') {
    await ask('POST', '/api/serviceaccounts', { name: wanted.name, role: wanted.role });
    return;
  }
  const state = await stateOf(ask);
  const id = Object.keys(state)[wanted.slot] ?? '987654';
  const account = `/api/serviceaccounts/${id}`;
  if (wanted.do === 'change') await ask('PATCH', account, wanted.changes);
  else if (wanted.do === 'delete') await ask('DELETE', account);
  else if (wanted.do === 'issue') await ask('POST', `${account}/tokens`, { name: wanted.name });
  else {
    const token = `${account}/tokens/${Object.keys(state[id]?.tokens ?? {})[wanted.token] ?? '987654'}`;
    await (wanted.do === 'drop' ? ask('DELETE', token) : ask('POST', `${token}/revoke`));
  }
}

interface Line {
  action: string;
  object: { id: string; name: string };
  change: Record<string, unknown> & { before?: Record<string, unknown>; serviceAccountId?: number };
}

async function replayed(ask: Ask): Promise<State> {
  const { body } = await ask('GET', '/api/audit/export');
  const state: State = {};
  for (const text of body.split('\n').slice(0, -1)) apply(state, JSON.parse(text) as Line);
  return state;
}

function apply(state: State, { action, object, change }: Line): void {
  const tokens = state[String(change.serviceAccountId)]?.tokens ?? {};
  const token = tokens[object.id];
  const { before = {}, ...since } = change;
  if (action === 'serviceaccounts:create') {
    const { role, isDisabled } = change as unknown as Account;
    state[object.id] = { name: object.name, role, isDisabled, tokens: {} };
  } else if (action === 'serviceaccounts:write') {
    const account = state[object.id] as Account;
    expect(account, 'what is told to have been before was so').toMatchObject(before);
    Object.assign(account, since);
  } else if (action === 'serviceaccounts:delete') delete state[object.id];
  else if (action === 'serviceaccounts.tokens:create')
    tokens[object.id] = { name: object.name, isRevoked: false };
  else if (action === 'serviceaccounts.tokens:delete') delete tokens[object.id];
  else if (action === 'serviceaccounts.tokens:revoke' && token) token.isRevoked = true;
}

test('whatever is done to service accounts and tokens, refused or not, the record replays to what there is', async () => {
  let done = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
      const { ask } = await newOrg();
      for (const one of steps) await play(ask, one);
      const state = await stateOf(ask);
      expect(await replayed(ask)).toEqual(state);
      done += Object.keys(state).length;
    }),
    { numRuns: RUNS },
  );
  expect(done).toBeGreaterThan(0);
});
