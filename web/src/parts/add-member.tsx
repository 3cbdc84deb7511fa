import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import type { Role } from '../../../client/shapes.ts';
import { tellDone } from '../lib/notify.ts';
import { FormDialog } from './form-dialog.tsx';
import { useRoleMeanings } from './role-meanings.tsx';
import { RoleSelect } from './role-select.tsx';

interface Props {
  org: string;
  add(wanted: { loginOrEmail: string; role: Role }): Promise<unknown>;
  onClose(): void;
}

/** Brings a user that there is already into an organization. */
export function AddMember({ org, add, onClose }: Props) {
  const meanings = useRoleMeanings();
  const form = useForm<{ loginOrEmail: string; role: Role }>({
    initialValues: { loginOrEmail: '', role: 'Viewer' },
    validate: {
      loginOrEmail: (text) => (text.trim() === '' ? 'Give the login or the email of a user' : null),
    },
  });
  const adding = useMutation({
    mutationFn: add,
    onSuccess: (_, { loginOrEmail, role }) => {
      tellDone(`${loginOrEmail} was added to ${org} with the role ${role}`);
      onClose();
    },
  });
  return (
    <FormDialog
      title={`Add a user to ${org}`}
      submit="Add user"
      isDirty={form.isDirty()}
      isBusy={adding.isPending}
      error={adding.error}
      onSubmit={form.onSubmit(({ loginOrEmail, role }) =>
        adding.mutate({ loginOrEmail: loginOrEmail.trim(), role }),
      )}
      onClose={onClose}
    >
      <TextInput
        label="Login or email"
        description="Of somebody who is a user of this server already"
        required
        autoComplete="off"
        autoCapitalize="none"
        data-autofocus
        {...form.getInputProps('loginOrEmail')}
      />
      <RoleSelect
        description={`May ${meanings[form.values.role]}`}
        value={form.values.role}
        onChange={(role) => form.setFieldValue('role', role)}
      />
    </FormDialog>
  );
}
