import type { Source } from '../../sources/source.ts';

/** Something that a Grafana has and that does not come at all. */
export interface LeftBehind {
  what: string;
  rows: number;
}

// What there is nothing for here, or what must not come: sessions and invitations are made anew.
const TABLES: readonly (readonly [table: string, what: string])[] = [
  ['alert_rule', 'alert rules'],
  ['alert', 'alerts of the older kind'],
  ['alert_notification', 'alert notification channels'],
  ['dashboard_snapshot', 'dashboard snapshots'],
  ['temp_user', 'invitations'],
  ['user_auth', 'sign-ins through LDAP, OAuth or SAML'],
  ['user_auth_token', 'sessions'],
  ['plugin_setting', 'plugin settings'],
  ['query_history', 'query history'],
  ['correlation', 'correlations'],
  ['short_url', 'short links'],
  ['sso_setting', 'single sign-on settings'],
];

/** What of a Grafana does not come at all, and how much of it there is. */
export async function leftBehind(source: Source): Promise<LeftBehind[]> {
  const found: LeftBehind[] = [];
  for (const [table, what] of TABLES) {
    const rows = await source.count(table);
    if (rows > 0) found.push({ what, rows });
  }
  const ofAlerts = source.has('annotation', 'alert_id')
    ? await source.count('annotation', { alert_id: { above: 0 } })
    : 0;
  if (ofAlerts > 0) found.push({ what: 'annotations that alerts made', rows: ofAlerts });
  for (const group of ['dashboard.grafana.app', 'folder.grafana.app']) {
    const rows = source.has('resource', 'group') ? await source.count('resource', { group }) : 0;
    // Grafana 12 can keep these in a table of another kind, beside the one that is read or instead of it.
    if (rows > 0)
      found.push({ what: `${group.split('.')[0]}s in unified storage, apart from those above`, rows });
  }
  return found;
}
