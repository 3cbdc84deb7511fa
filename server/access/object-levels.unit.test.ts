import { expect, test } from 'vitest';
import {
  actionsOf,
  ADMINISTER,
  EDIT,
  type Level,
  levelGives,
  type ObjectKind,
  VIEW,
} from './object-levels.ts';

const KINDS: ObjectKind[] = ['dashboards', 'datasources', 'folders', 'serviceaccounts', 'teams'];
const LEVELS: Level[] = [VIEW, EDIT, ADMINISTER];
const [closed, open] = [{ editors_can_delete: false }, { editors_can_delete: true }];

test('a higher level gives all that a lower one does', () => {
  for (const kind of KINDS) {
    for (const [lower, higher] of [
      [VIEW, EDIT],
      [EDIT, ADMINISTER],
    ] as const) {
      for (const settings of [closed, open]) {
        expect(actionsOf(kind, higher, settings)).toEqual(
          expect.arrayContaining([...actionsOf(kind, lower, settings)]),
        );
      }
    }
  }
});

test('who may edit a folder or dashboard deletes it only where the setting says so', () => {
  for (const [kind, action] of [
    ['dashboards', 'dashboards:delete'],
    ['folders', 'dashboards:delete'],
    ['folders', 'folders:delete'],
  ] as const) {
    expect(LEVELS.map((level) => levelGives(kind, level, action, closed))).toEqual([false, false, true]);
    expect(LEVELS.map((level) => levelGives(kind, level, action, open))).toEqual([false, true, true]);
  }
});

test('the setting adds deleting of folders and dashboards, and nothing else', () => {
  for (const kind of KINDS) {
    for (const level of LEVELS) {
      const added = actionsOf(kind, level, open).filter((action) => !levelGives(kind, level, action, closed));
      expect(added.filter((action) => !/^(dashboards|folders):delete$/.test(action))).toEqual([]);
    }
  }
});
