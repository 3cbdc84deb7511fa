import type { Answer } from '../../../client/answer.ts';

export type Change = Answer<'/api/audit', 'get'>['entries'][number];

type Told = Change['change'];

/** What the record says was done, in the words of the people who read it. */
interface Words {
  /** What it is called in a list of all. */
  title: string;
  /** What stands between who did it and the name of what they did it to. */
  did: string;
  /** What follows that name. */
  rest?: (told: Told, name: string) => string;
  /** Whether that name would only say again who did it. */
  isOwn?: boolean;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''));
const quoted = (value: unknown): string => `“${text(value)}”`;

const asRole = ({ role }: Told): string => (typeof role === 'string' ? ` with the role ${role}` : '');
const ofAccount = ({ serviceAccount }: Told): string => ` of the service account ${quoted(serviceAccount)}`;
const toNewName = ({ name }: Told, before: string): string =>
  typeof name === 'string' && name !== before ? `, now ${quoted(name)}` : '';
const member = ({ member: who }: Told): string => {
  const { login } = (who ?? {}) as { login?: unknown };
  return login === undefined ? '' : `: ${quoted(login)}`;
};
const holder = (told: Told): string => {
  const [kind = '', id] = Object.entries(told)[0] ?? [];
  return `${kind.replace(/_id$/, '').replaceAll('_', ' ')} ${text(id)}`;
};
const toHolder = (told: Told): string => ` to ${holder(told)}`;
const fromHolder = (told: Told): string => ` from ${holder(told)}`;
const times = (requests: unknown): string => (Number(requests) > 1 ? `, ${text(requests)} times` : '');
const roleFromTo = ({ role, before }: Told): string => {
  const { role: old } = (before ?? {}) as { role?: unknown };
  return `${old === undefined ? '' : ` from ${text(old)}`} to ${text(role)}`;
};

/** By the action that is recorded. */
export const CHANGE_WORDS: Record<string, Words> = {
  'apikeys:create': { title: 'API key added', did: 'added the API key', rest: asRole },
  'apikeys:delete': { title: 'API key deleted', did: 'deleted the API key' },
  'apikeys:revoke': { title: 'API key revoked', did: 'revoked the API key' },
  'leaks:revoke': {
    title: 'Leaked key or token revoked',
    did: 'found where it should not be, and revoked,',
    rest: ({ url }) => (url === '' ? '' : ` (${text(url)})`),
  },
  'apikeys:migrate': {
    title: 'API key migrated',
    did: 'migrated',
    rest: ({ serviceAccount }) =>
      serviceAccount === undefined
        ? ' from API keys to service accounts'
        : ` from an API key to the service account ${quoted(serviceAccount)}`,
  },
  'apikeys:revert': {
    title: 'Migration of an API key taken back',
    did: 'took back the migration of the API key',
  },
  'apikeys:hide': {
    title: 'Page of API keys hidden or shown',
    did: 'changed whether the page of API keys shows in',
  },

  'serviceaccounts:create': {
    title: 'Service account created',
    did: 'created the service account',
    rest: asRole,
  },
  'serviceaccounts:write': {
    title: 'Service account changed',
    did: 'changed the service account',
    rest: (told, name) => {
      if (told['isDisabled'] === true) return ': it is disabled';
      if (told['isDisabled'] === false) return ': it is enabled';
      return typeof told['role'] === 'string' ? `: its role${roleFromTo(told)}` : toNewName(told, name);
    },
  },
  'serviceaccounts:delete': { title: 'Service account deleted', did: 'deleted the service account' },
  'serviceaccounts.orgs:add': {
    title: 'Service account let into an organization',
    did: 'let the service account',
    rest: ({ orgId, orgName, role }) =>
      ` act in the organization ${quoted(orgName ?? orgId)}${typeof role === 'string' ? ` as ${role}` : ''}`,
  },
  'serviceaccounts.orgs:remove': {
    title: 'Service account taken out of an organization',
    did: 'no longer lets the service account',
    rest: ({ orgId, orgName }) => ` act in the organization ${quoted(orgName ?? orgId)}`,
  },
  'serviceaccounts.tokens:create': { title: 'Token added', did: 'added the token', rest: ofAccount },
  'serviceaccounts.tokens:revoke': { title: 'Token revoked', did: 'revoked the token', rest: ofAccount },
  'serviceaccounts.tokens:delete': { title: 'Token deleted', did: 'deleted the token', rest: ofAccount },

  'folders:create': { title: 'Folder created', did: 'created the folder' },
  'folders:write': {
    title: 'Folder renamed',
    did: 'changed the folder',
    rest: ({ from, before }, name) => {
      const { title = from } = (before ?? {}) as { title?: unknown };
      return title === name || title === undefined ? '' : `, which was ${quoted(title)}`;
    },
  },
  'folders:move': { title: 'Folder moved', did: 'moved the folder' },
  'folders:delete': { title: 'Folder deleted', did: 'deleted the folder' },

  'dashboards:create': { title: 'Dashboard created', did: 'created the dashboard' },
  'dashboards:write': {
    title: 'Dashboard saved',
    did: 'saved the dashboard',
    rest: ({ version, restoredFrom }) => {
      const from = restoredFrom ? `, restored from version ${text(restoredFrom)}` : '';
      return version === undefined ? from : ` as version ${text(version)}${from}`;
    },
  },
  'dashboards:delete': { title: 'Dashboard deleted', did: 'deleted the dashboard' },
  'dashboards.public:create': { title: 'Dashboard made public', did: 'made public the dashboard' },
  'dashboards.public:write': {
    title: 'Public dashboard changed',
    did: 'changed how public the dashboard is:',
  },
  'dashboards.public:delete': { title: 'Dashboard no longer public', did: 'ended the public link to' },
  'stars:create': { title: 'Dashboard starred', did: 'starred the dashboard' },
  'stars:delete': { title: 'Star taken away', did: 'took the star off the dashboard' },
  'library-elements:create': { title: 'Library panel created', did: 'created the library panel' },
  'library-elements:write': { title: 'Library panel changed', did: 'changed the library panel' },
  'library-elements:delete': { title: 'Library panel deleted', did: 'deleted the library panel' },
  'annotations:create': { title: 'Annotation added', did: 'added the annotation' },
  'annotations:write': { title: 'Annotation changed', did: 'changed the annotation' },
  'annotations:delete': { title: 'Annotation deleted', did: 'deleted the annotation' },
  'playlists:create': { title: 'Playlist created', did: 'created the playlist' },
  'playlists:write': { title: 'Playlist changed', did: 'changed the playlist' },
  'playlists:delete': { title: 'Playlist deleted', did: 'deleted the playlist' },

  'datasources:create': { title: 'Data source added', did: 'added the data source' },
  'datasources:write': { title: 'Data source changed', did: 'changed the data source' },
  'datasources:delete': { title: 'Data source deleted', did: 'deleted the data source' },

  'teams:create': { title: 'Team created', did: 'created the team' },
  'teams:write': { title: 'Team changed', did: 'changed the team', rest: toNewName },
  'teams:delete': { title: 'Team deleted', did: 'deleted the team' },
  'teams.permissions:write': {
    title: 'Members of a team changed',
    did: 'changed who is in the team',
    rest: member,
  },
  'serviceaccounts.permissions:write': {
    title: 'Permissions of a service account changed',
    did: 'changed the permissions of the service account',
  },
  'folders.permissions:write': {
    title: 'Permissions of a folder changed',
    did: 'changed the permissions of the folder',
  },
  'dashboards.permissions:write': {
    title: 'Permissions of a dashboard changed',
    did: 'changed the permissions of the dashboard',
  },
  'datasources.permissions:write': {
    title: 'Permissions of a data source changed',
    did: 'changed the permissions of the data source',
  },

  'roles:create': { title: 'Role created', did: 'created the role' },
  'roles:write': { title: 'Role changed', did: 'changed the role' },
  'roles:delete': { title: 'Role deleted', did: 'deleted the role' },
  'users.roles:add': {
    title: 'Role given',
    did: 'gave the role',
    rest: toHolder,
  },
  'users.roles:remove': {
    title: 'Role taken away',
    did: 'took the role',
    rest: fromHolder,
  },
  'teams.roles:add': {
    title: 'Role given to a team',
    did: 'gave the role',
    rest: toHolder,
  },
  'teams.roles:remove': {
    title: 'Role taken from a team',
    did: 'took the role',
    rest: fromHolder,
  },

  'org.users:add': { title: 'User added to the organization', did: 'added the user', rest: asRole },
  'org.users:write': {
    title: 'Role of a user changed',
    did: 'changed the role of',
    rest: roleFromTo,
  },
  'org.users:remove': { title: 'User removed from the organization', did: 'removed the user' },
  'orgs:create': { title: 'Organization created', did: 'created the organization' },
  'orgs:write': { title: 'Organization changed', did: 'changed the organization', rest: toNewName },
  'orgs:delete': { title: 'Organization deleted', did: 'deleted the organization' },
  'orgs.preferences:write': {
    title: 'Preferences of the organization changed',
    did: 'changed the preferences of',
  },
  'orgs.quotas:write': {
    title: 'Quota of the organization changed',
    did: 'changed a quota of',
    rest: ({ target, limit }) => `: ${text(target)} ${text(limit)}`,
  },

  'users:create': { title: 'User created', did: 'created the user' },
  'users:write': { title: 'User changed', did: 'changed the user' },
  'users:delete': { title: 'User deleted', did: 'deleted the user' },
  'users:disable': { title: 'User disabled', did: 'disabled the user' },
  'users:enable': { title: 'User enabled', did: 'enabled the user' },
  'users:logout': { title: 'User signed out', did: 'signed out the user' },
  'users.permissions:write': {
    title: 'Server administrator made or unmade',
    did: 'changed whether a server administrator is',
    rest: ({ isGrafanaAdmin }) =>
      isGrafanaAdmin === undefined ? '' : `: ${isGrafanaAdmin === true ? 'yes' : 'no'}`,
  },
  'users.password:write': { title: 'Password changed', did: 'changed the password of' },
  'users.preferences:write': { title: 'Own preferences changed', did: 'changed the preferences of' },
  'users.quotas:write': { title: 'Quota of a user changed', did: 'changed a quota of' },
  'users.org:switch': { title: 'Organization switched', did: 'switched the organization of' },
  'users.authtoken:write': { title: 'Session ended by somebody', did: 'ended a session of' },
  'sessions:open': { title: 'Signed in', did: 'signed in', isOwn: true },
  'sessions:end': { title: 'Signed out', did: 'signed out', isOwn: true },

  'settings:write': { title: 'Sign-in settings changed', did: 'changed the settings for signing in by' },
  'server:restore': { title: 'Backup restored', did: 'restored a backup into' },
  'server.secrets:reencrypt': { title: 'Secret key exchanged', did: 'exchanged the secret key of' },
  'requests:refuse': {
    title: 'Request refused',
    did: 'was refused',
    rest: ({ status, reason, requests }) => ` (${text(status)}, ${text(reason)}${times(requests)})`,
  },
  'secrets:read': {
    title: 'Something secret read',
    did: 'read what is secret by',
    rest: ({ requests }) => times(requests),
  },
  'audit:delete': {
    title: 'Old changes removed',
    did: 'removed from the',
    rest: ({ entries, before }) => ` ${text(entries)} entries from before ${text(before)}`,
  },

  'grafana:import': { title: 'Grafana imported', did: 'imported the Grafana' },
};
