import { Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { labelsText, nameFault, readLabels, type Stack } from './stack.ts';
import { StackFields } from './stack-fields.tsx';

/** Changes what people call a stack, and whether it can be deleted. */
export function EditStack({ stack, onClose }: { stack: Stack; onClose(): void }) {
  const { id, name, description, deleteProtection } = stack;
  const form = useForm({
    initialValues: { name, description, labels: labelsText(stack.labels), deleteProtection },
    validate: {
      name: nameFault,
      labels: (labels) => (readLabels(labels) === undefined ? 'Write each label as name=value' : null),
    },
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
      <Textarea
        label="Labels"
        description="At most 10, one a line, such as team=platform"
        autosize
        minRows={2}
        {...form.getInputProps('labels')}
      />
    </FormDialog>
  );
}
