import { List } from '@mantine/core';
import { ROLES, type Role } from '../../../client/shapes.ts';
import { useSession } from '../lib/session.ts';

/** What each basic role lets people do on this server, in a line. */
export function useRoleMeanings(): Record<Role, string> {
  const { editorsCanDelete, editorsCanManageKeys } = useSession().settings.latchkey;
  return {
    None: 'use only what is given to them by name, to their teams or by another role',
    Viewer: 'see dashboards and query data sources',
    Editor:
      `also make and change dashboards and folders${editorsCanDelete ? ', and delete them' : ''}` +
      (editorsCanManageKeys ? ', and make API keys and service accounts' : ''),
    Admin: 'also decide on all of the organization: people, teams, keys, service accounts and permissions',
  };
}

/** The same as a list, for below a choice of roles. */
export function RoleMeanings() {
  const meanings = useRoleMeanings();
  return (
    <List size="sm" c="dimmed" listStyleType="none" aria-label="What the roles let people do">
      {ROLES.map((role) => (
        <List.Item key={role}>
          <strong>{role}</strong>: {meanings[role]}
        </List.Item>
      ))}
    </List>
  );
}
