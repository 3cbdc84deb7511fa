import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RequestContext } from '../context.ts';
import { makeOrg } from '../testing/people.ts';
import { startWorld, type World } from '../testing/world.ts';
import { holds } from './can.ts';
import { type Grants, grantsFrom } from './evaluate.ts';
import type { Identity, PrincipalKind } from './identity.ts';
import type { Role } from './roles.ts';
import { isFolderInSight, isInSight } from './visible.store.ts';
import { sightOf } from './visible.ts';

// What is in sight is asked of many objects at once, in SQL; what may be done, of one object, by can(…). They must agree.

const ORG = 1;
const OTHER_ORG = 2;
const FOLDERS = { a: '', b: 'a', c: 'b', d: '' };
const DASHBOARDS = { 'in-a': 'a', 'in-b': 'b', 'in-c': 'c', 'in-d': 'd', top: '', free: '' };
const UIDS = [...Object.keys(FOLDERS), ...Object.keys(DASHBOARDS)];
const SUBJECTS = ['user:7', 'role:Viewer', 'role:Editor'];

let world: World;
beforeAll(async () => {
  world = await startWorld();
  const { db } = world.context;
  const times = { created_at: 0, updated_at: 0 };
  expect(await makeOrg(world, 'other')).toBe(OTHER_ORG);
  for (const org_id of [ORG, OTHER_ORG]) {
    for (const [uid, parent_uid] of Object.entries({ ...FOLDERS, ...DASHBOARDS })) {
      const is_folder = uid in FOLDERS ? 1 : 0;
      const author = { created_by: null, updated_by: null };
      const row = { org_id, uid, parent_uid, is_folder, title: uid, search_text: uid, version: 1 } as const;
      await db
        .insertInto('dashboard')
        .values({ ...row, ...author, ...times })
        .execute();
    }
  }
});
afterAll(() => world.stop());

const given = fc.record({
  org_id: fc.constantFrom(ORG, OTHER_ORG),
  uid: fc.constantFrom(...UIDS),
  // Of the wrong kind at times: left-overs count for nothing.
  isRightKind: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
  subject: fc.constantFrom(...SUBJECTS),
  level: fc.constantFrom(1, 2, 4),
});

const grant = fc.tuple(
  fc.constantFrom('folders:read', 'folders:write', 'dashboards:read', 'dashboards:write'),
  fc.constantFrom(
    '*',
    'folders:*',
    'folders:uid:*',
    'folders:uid:a',
    'folders:uid:b',
    'folders:uid:general',
    'dashboards:*',
    'dashboards:uid:*',
    'dashboards:uid:in-c',
    'dashboards:uid:free',
    'datasources:*',
  ),
);

const actor = fc.record({
  who: fc.constantFrom('user' as const, 'api-key' as const),
  role: fc.constantFrom('Viewer' as const, 'Editor' as const),
  grants: fc.oneof(fc.constant([]), fc.array(grant, { maxLength: 3 })),
});

function identityOf(kind: PrincipalKind, role: Role, grants: Grants): Identity {
  return { orgId: ORG, principal: { kind, id: 7 }, role, teams: [], grants } as unknown as Identity;
}

async function inSight(context: RequestContext, permission: 'View' | 'Edit'): Promise<string[]> {
  const sight = sightOf(context.actor, context.config.access_control, permission);
  const rows = await context.db
    .selectFrom('dashboard')
    .select('uid')
    .where('org_id', '=', ORG)
    .where(isInSight(sight, 'dashboard'))
    .orderBy('uid')
    .execute();
  return rows.map(({ uid }) => uid);
}

test(
  'what is in sight is what can be read, and for Edit what can be written',
  { timeout: 120_000 },
  async () => {
    const { db, config } = world.context;
    await fc.assert(
      fc.asyncProperty(fc.array(given, { maxLength: 8 }), actor, async (levels, { who, role, grants }) => {
        await db.deleteFrom('object_permission').execute();
        for (const { org_id, uid, isRightKind, subject, level } of levels) {
          const kind = uid in FOLDERS === isRightKind ? 'folders' : 'dashboards';
          const row = { org_id, kind, object_id: uid, subject, level, created_at: 0, updated_at: 0 };
          await db
            .insertInto('object_permission')
            .values(row)
            .onConflict((c) => c.doNothing())
            .execute();
        }
        const identity = identityOf(who, role, grantsFrom(grants));
        const context = { ...world.context, actor: identity } as RequestContext;
        for (const [permission, verb] of [
          ['View', 'read'],
          ['Edit', 'write'],
        ] as const) {
          const held: string[] = [];
          for (const uid of UIDS) {
            const kind = uid in FOLDERS ? 'folders' : 'dashboards';
            if (await holds(context, `${kind}:${verb}`, `${kind}:uid:${uid}`)) held.push(uid);
          }
          expect(await inSight(context, permission)).toEqual(held.toSorted());
        }
      }),
      { numRuns: 150 },
    );
    expect(config.access_control.editors_can_delete).toBe(false);
  },
);

test('a folder around something is in sight by its own right alone', async () => {
  const { db } = world.context;
  await db.deleteFrom('object_permission').execute();
  const row = { org_id: ORG, kind: 'folders', object_id: 'b', subject: 'user:7', level: 1 };
  await db
    .insertInto('object_permission')
    .values({ ...row, created_at: 0, updated_at: 0 })
    .execute();
  const sight = sightOf(identityOf('user', 'None', grantsFrom([])), { editors_can_delete: false });
  const rows = await db
    .selectFrom('dashboard')
    .select('uid')
    .where('org_id', '=', ORG)
    .where(isFolderInSight(sight, 'dashboard.parent_uid'))
    .orderBy('uid')
    .execute();
  expect(rows.map(({ uid }) => uid)).toEqual(['c', 'in-b', 'in-c']);
});
