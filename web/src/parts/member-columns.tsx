import { Group, Text } from '@mantine/core';
import type { Role } from '../../../client/shapes.ts';
import type { Column } from './data-table.tsx';
import { LastSeenText } from './last-seen-text.tsx';
import type { Member } from './member-dialogs.tsx';
import { RoleSelect } from './role-select.tsx';
import { RowButton } from './row-button.tsx';
import { StateTag } from './state-tag.tsx';
import { UserLink } from './user-link.tsx';

interface Editing {
  isBusy: boolean;
  /** Each is left out for who may not. */
  onRole?: ((member: Member, role: Role) => void) | undefined;
  onRoles?: ((member: Member) => void) | undefined;
  onRemove?: ((member: Member) => void) | undefined;
}

/** The columns of a list of an organization's users, with a choice and buttons for who may use them. */
export function memberColumns({ isBusy, onRole, onRoles, onRemove }: Editing): Column<Member>[] {
  const columns: Column<Member>[] = [
    { title: 'Login', render: (member) => <Who member={member} /> },
    { title: 'Name', render: ({ name }) => name, from: 'md' },
    { title: 'Email', render: ({ email }) => email, from: 'sm' },
    { title: 'Last seen', render: (member) => <LastSeenText of={member} />, from: 'xs' },
    {
      title: 'Role',
      width: 130,
      render: (member) =>
        onRole === undefined ? (
          member.role
        ) : (
          <RoleSelect
            label={undefined}
            aria-label={`Role of ${member.login}`}
            size="xs"
            miw={110}
            value={member.role}
            disabled={isBusy}
            onChange={(role) => onRole(member, role)}
          />
        ),
    },
  ];
  if (onRoles === undefined && onRemove === undefined) return columns;
  return [
    ...columns,
    {
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      render: (member) => (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          {onRoles !== undefined && (
            <RowButton title="Roles" of={`of ${member.login}`} onClick={() => onRoles(member)} />
          )}
          {onRemove !== undefined && (
            <RowButton title="Remove" of={member.login} isDangerous onClick={() => onRemove(member)} />
          )}
        </Group>
      ),
    },
  ];
}

function Who({ member: { userId, login, email, isDisabled } }: { member: Member }) {
  return (
    <>
      <Group gap="sm">
        <UserLink id={userId} login={login} />
        {isDisabled && <StateTag tone="warning">Disabled</StateTag>}
      </Group>
      <Text size="xs" c="dimmed" hiddenFrom="sm">
        {email}
      </Text>
    </>
  );
}
