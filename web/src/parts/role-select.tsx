import { Select, type SelectProps } from '@mantine/core';
import { ROLES, type Role } from '../../../client/shapes.ts';
import { useSession } from '../lib/session.ts';

type Props = Omit<SelectProps, 'data' | 'value' | 'onChange'> & {
  value: Role;
  onChange(role: Role): void;
  /** Legacy keys know no role None. */
  withoutNone?: boolean;
};

/** A choice of the basic roles, up to the person's own: nobody gives what they do not have. */
export function RoleSelect({ value, onChange, withoutNone = false, ...rest }: Props) {
  const { user } = useSession();
  const own = user.isGrafanaAdmin ? 'Admin' : user.orgRole;
  const offered = ROLES.slice(withoutNone ? 1 : 0, ROLES.indexOf(own as Role) + 1);
  const roles = offered.includes(value) ? offered : [...offered, value];
  return (
    <Select label="Role" data={roles} value={value} onChange={(role) => onChange(role as Role)} {...rest} />
  );
}
