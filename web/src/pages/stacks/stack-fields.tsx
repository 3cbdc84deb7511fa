import { Switch, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { readLabels } from './stack.ts';

interface StackValues {
  name: string;
  description: string;
  labels: string;
  deleteProtection: boolean;
}

export const VALIDATE = {
  name: (name: string) => (name.trim() === '' ? 'Give the stack a name' : null),
  labels: (labels: string) => (readLabels(labels) === undefined ? 'Write each label as name=value' : null),
};

/** Below name and slug, what a stack has that can be changed. */
export function StackFields<Values extends StackValues>({ form }: { form: UseFormReturnType<Values> }) {
  return (
    <>
      <TextInput label="Description" maxLength={1000} {...form.getInputProps('description')} />
      <Textarea
        label="Labels"
        description="At most 10, one a line, such as team=platform"
        autosize
        minRows={2}
        {...form.getInputProps('labels')}
      />
      <Switch
        label="Delete protection"
        description="It cannot be deleted until this is off"
        {...form.getInputProps('deleteProtection', { type: 'checkbox' })}
      />
    </>
  );
}
