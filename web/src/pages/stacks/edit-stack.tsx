import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { labelsText, readLabels, type Stack } from './stack.ts';
import { StackFields, VALIDATE } from './stack-fields.tsx';

/** Changes what people call a stack, and whether it can be deleted. */
export function EditStack({ stack, onClose }: { stack: Stack; onClose(): void }) {
  const { id, name, description, deleteProtection } = stack;
  const form = useForm({
    initialValues: { name, description, labels: labelsText(stack.labels), deleteProtection },
    validate: VALIDATE,
  });
  const change = api.useMutation('patch', '/api/admin/cloud/stacks/{id}', {
    onSuccess: ({ slug }) => {
      tellDone(`Stack ${slug} was changed`);
      onClose();
    },
  });
  return (
    <FormDialog
      title={`Edit stack ${stack.slug}`}
      submit="Save"
      isDirty={form.isDirty()}
      isBusy={change.isPending}
      error={change.error}
      onSubmit={form.onSubmit(({ labels, ...body }) =>
        change.mutate({ params: { path: { id } }, body: { ...body, labels: readLabels(labels) ?? {} } }),
      )}
      onClose={onClose}
    >
      <TextInput label="Name" required maxLength={190} data-autofocus {...form.getInputProps('name')} />
      <StackFields form={form} />
    </FormDialog>
  );
}
