import type { Row } from '../../sources/source.ts';
import { insertPreferences } from './extras.store.ts';
import { listMembers, listTeamOrgs, memberKey } from './members.store.ts';
import { distinct, orgsOf, peopleOf, targetsOf } from './refs.ts';
import { objectOf, refOf, textOf, timesOf } from './rows.ts';
import { idOf, type Stage } from './run.ts';
import { dashboardsOf } from './stars.ts';

const KIND = 'preferences';
const HOME = { id: 'home_dashboard_id', uid: 'home_dashboard_uid' };
const THEMES = new Set(['light', 'dark', 'system']);
const WEEK_STARTS = new Set(['browser', 'saturday', 'sunday', 'monday']);
const LONGEST = 100;
const MOST_ITEMS = 200;

/** What organizations, teams and people prefer. */
export const PREFERENCES: Stage<ReadonlyMap<number, number>> = {
  table: 'preferences',
  ledger: 'preferences',
  columns: [
    'org_id',
    'user_id',
    'team_id',
    'home_dashboard_id',
    'home_dashboard_uid',
    'timezone',
    'theme',
    'week_start',
    'json_data',
    'created',
    'updated',
  ],
  batch: 200,
  kindOf: () => KIND,
  prepare: ({ source }, rows) => dashboardsOf(source, rows, HOME),
  async bring(run, rows, tally, homes) {
    const { context } = run;
    const orgs = await orgsOf(run, rows);
    const people = await peopleOf(
      run,
      rows.map((row) => refOf(row, 'user_id')),
    );
    const teams = await targetsOf(
      run,
      'team',
      rows.map((row) => refOf(row, 'team_id')),
    );
    const dashboards = await targetsOf(run, 'dashboard', homes.values());
    const members = await listMembers(
      context.db,
      distinct(orgs.values()),
      [...people.values()].map(({ id }) => id),
    );
    const teamOrgs = await listTeamOrgs(context.db, distinct(teams.values()));
    const preferences = rows.flatMap((row) => {
      const rowId = idOf(row);
      const orgId = orgs.get(refOf(row, 'org_id'));
      const [user, team] = [people.get(refOf(row, 'user_id')), teams.get(refOf(row, 'team_id'))];
      const owner = refOf(row, 'user_id') > 0 ? 'user' : refOf(row, 'team_id') > 0 ? 'team' : 'org';
      const isThere =
        orgId !== undefined &&
        (owner === 'org' ||
          (owner === 'user' && user !== undefined && members.has(memberKey(orgId, user.id))) ||
          (owner === 'team' && team !== undefined && teamOrgs.get(team) === orgId));
      if (!isThere) {
        tally.skip(
          KIND,
          { id: rowId, name: whose(row) },
          'whose they are did not come, or is not in the organization',
        );
        return [];
      }
      const of = { org: 'org', user: `user:${user?.id}`, team: `team:${team}` }[owner];
      return [
        {
          rowId,
          org_id: orgId,
          owner: of,
          user_id: owner === 'user' ? (user?.id ?? null) : null,
          team_id: owner === 'team' ? (team ?? null) : null,
          home_dashboard_id: dashboards.get(homes.get(rowId) ?? 0) ?? null,
          ...choicesOf(row),
          ...timesOf(row, context.now()),
        },
      ];
    });
    await insertPreferences(
      context.db,
      preferences.map(({ rowId: _rowId, ...preference }) => preference),
    );
    tally.add(KIND, 'brought', preferences.length);
    return new Map(preferences.map(({ rowId, org_id }) => [rowId, org_id]));
  },
};

function whose(row: Row): string {
  const [user, team] = [refOf(row, 'user_id'), refOf(row, 'team_id')];
  const who = user > 0 ? `user ${user} in ` : team > 0 ? `team ${team} of ` : '';
  return `of ${who}organization ${refOf(row, 'org_id')}`;
}

function choicesOf(row: Row) {
  const [theme, weekStart] = [textOf(row, 'theme'), textOf(row, 'week_start').toLowerCase()];
  const more = objectOf(textOf(row, 'json_data')) ?? {};
  const homeTab = memberOf(more['queryHistory'], 'homeTab');
  return {
    theme: THEMES.has(theme) ? theme : '',
    timezone: timezoneOf(textOf(row, 'timezone')),
    week_start: WEEK_STARTS.has(weekStart) ? weekStart : '',
    language: shortText(more['language']),
    navbar: JSON.stringify({ savedItems: savedItemsOf(memberOf(more['navbar'], 'savedItems')) }),
    query_history: JSON.stringify({ homeTab: shortText(homeTab) }),
  };
}

function timezoneOf(name: string): string {
  return /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name) && name.length <= LONGEST ? name : '';
}

function savedItemsOf(items: unknown): Record<string, string>[] | null {
  if (!Array.isArray(items)) return null;
  return items.slice(0, MOST_ITEMS).map((item: unknown) => {
    const named = ['id', 'text', 'url', 'target'].map(
      (name) => [name, shortText(memberOf(item, name))] as const,
    );
    return Object.fromEntries(named.filter(([, value]) => value !== ''));
  });
}

function shortText(value: unknown): string {
  return typeof value === 'string' && value.length <= 10 * LONGEST ? value.toWellFormed() : '';
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
