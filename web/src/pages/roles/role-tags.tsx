import type { Answer } from '../../lib/api.ts';
import { StateTag } from '../../parts/state-tag.tsx';
import type { ListedRole } from './all-roles.ts';

export type Role = Answer<'/api/access-control/roles/{uid}', 'get'>;

/** Whether every server has it and nobody changes it. */
export function isFixed({ name }: Pick<Role, 'name'>): boolean {
  return name.startsWith('fixed:');
}

/** What is special about a role. */
export function RoleTags({ role }: { role: ListedRole }) {
  if (isFixed(role)) return <StateTag tone="quiet">Fixed</StateTag>;
  return (
    <>
      {role.global && <StateTag tone="accent">All organizations</StateTag>}
      {role.hidden && <StateTag tone="quiet">Hidden</StateTag>}
    </>
  );
}
