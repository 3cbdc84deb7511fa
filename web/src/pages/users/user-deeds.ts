import { client } from '../../lib/api.ts';
import type { User } from './server-user-page.tsx';

/** Something that an administrator does to a user, after a question. */
export interface Deed {
  title: string;
  needs: string;
  isDangerous: boolean;
  /** Whether the login has to be typed first. */
  isTyped?: boolean;
  isFor(user: User, of: { isOneself: boolean }): boolean;
  meaning(login: string): string;
  done(login: string): string;
  run(id: number): Promise<unknown>;
  /** Where the page goes, when there is nothing left to show on it. */
  leadsTo?(of: { isOneself: boolean }): '/' | '/admin/users' | undefined;
}

const pathOf = (id: number) => ({ params: { path: { id } } });
const setAdmin = (id: number, isGrafanaAdmin: boolean) =>
  client.PUT('/api/admin/users/{id}/permissions', { ...pathOf(id), body: { isGrafanaAdmin } });

export const DEEDS: Deed[] = [
  {
    title: 'Make server administrator',
    needs: 'users.permissions:write',
    isDangerous: false,
    isFor: ({ isGrafanaAdmin }) => !isGrafanaAdmin,
    meaning: (login) =>
      `${login} may then do everything on this server, in every organization, and make others administrators.`,
    done: (login) => `${login} administers the server now`,
    run: (id) => setAdmin(id, true),
  },
  {
    title: 'End server administration',
    needs: 'users.permissions:write',
    isDangerous: true,
    isFor: ({ isGrafanaAdmin }) => isGrafanaAdmin,
    meaning: (login) => `${login} keeps the roles in the organizations, and has no say beyond them any more.`,
    done: (login) => `${login} administers the server no longer`,
    run: (id) => setAdmin(id, false),
    leadsTo: ({ isOneself }) => (isOneself ? '/' : undefined),
  },
  {
    title: 'Log out everywhere',
    needs: 'users:logout',
    isDangerous: false,
    isFor: (_, { isOneself }) => !isOneself,
    meaning: (login) =>
      `All sessions of ${login} end at once. Who knows the password can sign in again; keys and tokens go on.`,
    done: (login) => `${login} was logged out everywhere`,
    run: (id) => client.POST('/api/admin/users/{id}/logout', pathOf(id)),
  },
  {
    title: 'Disable user',
    needs: 'users:disable',
    isDangerous: true,
    isFor: ({ isDisabled }, { isOneself }) => !isDisabled && !isOneself,
    meaning: (login) =>
      `${login} is logged out everywhere and cannot sign in until the user is enabled again. Nothing is deleted.`,
    done: (login) => `${login} was disabled`,
    run: (id) => client.POST('/api/admin/users/{id}/disable', pathOf(id)),
  },
  {
    title: 'Enable user',
    needs: 'users:enable',
    isDangerous: false,
    isFor: ({ isDisabled }) => isDisabled,
    meaning: (login) => `${login} can sign in again, with the same password and the same rights.`,
    done: (login) => `${login} was enabled`,
    run: (id) => client.POST('/api/admin/users/{id}/enable', pathOf(id)),
  },
  {
    title: 'Delete user',
    needs: 'users:delete',
    isDangerous: true,
    isTyped: true,
    isFor: (_, { isOneself }) => !isOneself,
    meaning: (login) =>
      `${login} goes for good, with the roles in all organizations, the teams, permissions, preferences, stars and ` +
      'sessions. Dashboards, keys and accounts that they made stay.',
    done: (login) => `${login} was deleted`,
    run: (id) => client.DELETE('/api/admin/users/{id}', pathOf(id)),
    leadsTo: () => '/admin/users',
  },
];
