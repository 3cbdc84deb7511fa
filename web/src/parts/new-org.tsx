import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '../lib/api.ts';
import { tellDone } from '../lib/notify.ts';
import { FormDialog } from './form-dialog.tsx';

interface Props {
  onCreated?(orgId: number): void;
  onClose(): void;
}

/** Makes an organization, whose first Admin is who makes it. */
export function NewOrg({ onCreated, onClose }: Props) {
  const form = useForm({
    initialValues: { name: '' },
    validate: { name: (name) => (name.trim() === '' ? 'Give the organization a name' : null) },
  });
  const create = api.useMutation('post', '/api/orgs', {
    onSuccess: ({ orgId }, { body }) => {
      tellDone(`Organization ${body.name} was created: the switch at the top leads to it`);
      onClose();
      onCreated?.(orgId);
    },
  });
  return (
    <FormDialog
      title="New organization"
      submit="Create"
      isDirty={form.isDirty()}
      isBusy={create.isPending}
      error={create.error}
      onSubmit={form.onSubmit((body) => create.mutate({ body }))}
      onClose={onClose}
    >
      <TextInput
        label="Organization name"
        description="You will be its first Admin."
        required
        data-autofocus
        {...form.getInputProps('name')}
      />
    </FormDialog>
  );
}
