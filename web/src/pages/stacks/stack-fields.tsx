import { Switch, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';

interface StackValues {
  description: string;
  deleteProtection: boolean;
}

/** What a stack is made with and keeps until it is edited. */
export function StackFields<Values extends StackValues>({ form }: { form: UseFormReturnType<Values> }) {
  return (
    <>
      <TextInput label="Description" maxLength={1000} {...form.getInputProps('description')} />
      <Switch
        label="Delete protection"
        description="It cannot be deleted until this is off"
        {...form.getInputProps('deleteProtection', { type: 'checkbox' })}
      />
    </>
  );
}
