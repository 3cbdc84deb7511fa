import { MultiSelect, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { type Answer, api } from '../lib/api.ts';
import { problemOf } from '../lib/problem.ts';

export type GrantedRole = Answer<'/api/access-control/roles', 'get'>[number];

interface Props {
  label?: string;
  description?: ReactNode;
  /** What is chosen already, whether or not the person could give it. */
  held: readonly GrantedRole[];
  /** The uids of the chosen roles. */
  value: string[];
  onChange(uids: string[]): void;
  disabled?: boolean;
}

const MOST_SHOWN = 100;
const OWN_GROUP = 'Roles of this server';

/** A choice of custom and fixed roles, besides the basic one, among those that the person may hand on. */
export function RolePicker({ label = 'Roles', description, held, value, onChange, disabled = false }: Props) {
  const roles = api.useQuery('get', '/api/access-control/roles', {
    params: { query: { delegatable: true } },
  });
  const [isOpen, list] = useDisclosure(false);
  const known = new Map([...held, ...(roles.data ?? [])].map((role) => [role.uid, role]));
  return (
    <MultiSelect
      label={label}
      description={description}
      placeholder={value.length === 0 ? 'Type a part of the name' : ''}
      data={inGroups([...known.values()])}
      value={value}
      onChange={onChange}
      searchable
      // One choice closes the list: it covers what is below it, such as the button that saves.
      dropdownOpened={isOpen}
      onDropdownOpen={list.open}
      onDropdownClose={list.close}
      onOptionSubmit={list.close}
      clearable
      // By keyboard and for screen readers too, from which it is hidden otherwise.
      clearButtonProps={{ 'aria-label': `Clear ${label.toLowerCase()}`, 'aria-hidden': false, tabIndex: 0 }}
      hidePickedOptions
      limit={MOST_SHOWN}
      disabled={disabled}
      nothingFoundMessage={roles.isPending ? 'Loading …' : 'No role that you could give is called so'}
      error={roles.error === null ? undefined : problemOf(roles.error).title}
      renderOption={({ option }) => (
        <div>
          <Text size="sm">{option.label}</Text>
          <Text size="xs" c="dimmed">
            {known.get(option.value)?.description}
          </Text>
        </div>
      )}
    />
  );
}

/** What a role is called where people choose one. */
export function roleName({ displayName, name }: GrantedRole): string {
  return displayName === '' ? name : displayName;
}

function inGroups(roles: readonly GrantedRole[]) {
  const groups = Map.groupBy(roles, ({ group, name }) =>
    name.startsWith('fixed:') ? group : group === '' ? OWN_GROUP : `${OWN_GROUP}: ${group}`,
  );
  return [...groups]
    .toSorted(([a], [b]) => rankOf(a) - rankOf(b) || a.localeCompare(b))
    .map(([group, items]) => ({
      group,
      items: items.map((role) => ({ value: role.uid, label: roleName(role) })),
    }));
}

// Those that somebody made here come first: they were made to be given.
function rankOf(group: string): number {
  return group.startsWith(OWN_GROUP) ? 0 : 1;
}
