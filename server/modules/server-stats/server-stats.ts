import type { Context } from '../../context.ts';
import { countThings, countUsersByRank } from './server-stats.store.ts';

const DAY_MS = 86_400_000;
const MONTH_MS = 30 * DAY_MS;

const RANKS = { Admins: 3, Editors: 2, Viewers: 1 } as const;

/** The figures of the whole server, under Grafana's names. A user counts once, by the highest role they have anywhere. */
export async function serverStats(context: Context) {
  const now = context.now();
  const since = { month: now - MONTH_MS, day: now - DAY_MS };
  const things = await countThings(context.db, since);
  const ranks = await countUsersByRank(context.db, since);
  const of = (rank: number) => ranks.find((row) => row.rank === rank) ?? { users: 0, monthly: 0, daily: 0 };
  const [admins, editors, viewers] = [of(RANKS.Admins), of(RANKS.Editors), of(RANKS.Viewers)];
  const total = (column: 'users' | 'monthly' | 'daily'): number =>
    ranks.reduce((sum, row) => sum + row[column], 0);
  return {
    orgs: things.orgs ?? 0,
    dashboards: things.dashboards ?? 0,
    tags: things.tags ?? 0,
    datasources: things.datasources ?? 0,
    playlists: things.playlists ?? 0,
    stars: things.stars ?? 0,
    folders: things.folders ?? 0,
    teams: things.teams ?? 0,
    serviceAccounts: things.serviceAccounts ?? 0,
    apiKeys: things.apiKeys ?? 0,
    serviceAccountTokens: things.tokens ?? 0,
    users: total('users'),
    admins: admins.users,
    editors: editors.users,
    viewers: viewers.users,
    activeUsers: total('monthly'),
    activeAdmins: admins.monthly,
    activeEditors: editors.monthly,
    activeViewers: viewers.monthly,
    activeSessions: things.monthlySessions ?? 0,
    dailyActiveUsers: total('daily'),
    dailyActiveAdmins: admins.daily,
    dailyActiveEditors: editors.daily,
    dailyActiveViewers: viewers.daily,
    dailyActiveSessions: things.dailySessions ?? 0,
    monthlyActiveUsers: total('monthly'),
    // Things of Grafana that are not kept here.
    snapshots: 0,
    alerts: 0,
  };
}
