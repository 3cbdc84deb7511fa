import { Type } from 'typebox';
import { canOnServer } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { serverStats } from './server-stats.ts';

const Count = Type.Integer();

const Stats = Type.Object({
  orgs: Count,
  dashboards: Count,
  snapshots: Count,
  tags: Count,
  datasources: Count,
  playlists: Count,
  stars: Count,
  alerts: Count,
  users: Count,
  admins: Count,
  editors: Count,
  viewers: Count,
  activeUsers: Count,
  activeAdmins: Count,
  activeEditors: Count,
  activeViewers: Count,
  activeSessions: Count,
  dailyActiveUsers: Count,
  dailyActiveAdmins: Count,
  dailyActiveEditors: Count,
  dailyActiveViewers: Count,
  dailyActiveSessions: Count,
  monthlyActiveUsers: Count,
  // Grafana counts none of these.
  folders: Count,
  teams: Count,
  serviceAccounts: Count,
  apiKeys: Count,
  serviceAccountTokens: Count,
});

export function serverStatsRoutes(app: App): void {
  app.get(
    '/api/admin/stats',
    { config: { access: canOnServer('server.stats:read') }, schema: { response: { 200: Stats } } },
    () => serverStats(app.context),
  );
}
