import { Autocomplete, Switch, Textarea, TextInput } from '@mantine/core';
import { groupsOf, useAllRoles } from './all-roles.ts';

export interface Details {
  name: string;
  displayName: string;
  description: string;
  group: string;
  hidden: boolean;
}

export const NO_DETAILS: Details = { name: '', displayName: '', description: '', group: '', hidden: false };

/** What is wrong in the fields, by their names. */
export const rules = {
  name: (name: string) => (name.trim() === '' ? 'Give the role a name, as custom:key-steward' : null),
};

interface Form {
  getInputProps(name: string, options?: { type: 'checkbox' }): object;
}

/** What a role is called and where it is listed. */
export function RoleFields({ form }: { form: Form }) {
  const groups = groupsOf(useAllRoles().data);
  return (
    <>
      <TextInput
        label="Name"
        description="What scripts and Terraform call it"
        placeholder="custom:key-steward"
        required
        data-autofocus
        {...form.getInputProps('name')}
      />
      <TextInput label="Display name" placeholder="Key steward" {...form.getInputProps('displayName')} />
      <Textarea label="Description" maxLength={2000} {...form.getInputProps('description')} />
      <Autocomplete label="Group" data={groups} {...form.getInputProps('group')} />
      <Switch
        label="Hidden"
        description="Lists leave it out where people choose a role"
        {...form.getInputProps('hidden', { type: 'checkbox' })}
      />
    </>
  );
}
