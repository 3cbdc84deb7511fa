import { SimpleGrid, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import type { Answer } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { FormSection } from '../../parts/form-section.tsx';

type Org = Answer<'/api/org', 'get'>;

interface Props<Wanted> {
  org: Org;
  mayChange: boolean;
  save(wanted: Wanted): Promise<unknown>;
}

/** The name of an organization. */
export function OrgName({ org, mayChange, save }: Props<{ name: string }>) {
  const form = useForm({
    initialValues: { name: org.name },
    validate: { name: (name) => (name.trim() === '' ? 'Give the organization a name' : null) },
  });
  const saving = useMutation({
    mutationFn: save,
    onSuccess: (_, { name }) => {
      tellDone(`The organization is called ${name} now`);
      form.resetDirty();
    },
  });
  return (
    <FormSection
      title="Name"
      submit="Save name"
      mayChange={mayChange}
      isDirty={form.isDirty()}
      isBusy={saving.isPending}
      error={saving.error}
      onSubmit={form.onSubmit((wanted) => saving.mutate(wanted))}
    >
      <TextInput label="Organization name" required {...form.getInputProps('name')} />
    </FormSection>
  );
}

/** Where an organization is. */
export function OrgAddress({ org, mayChange, save }: Props<Org['address']>) {
  const form = useForm({ initialValues: org.address });
  const saving = useMutation({
    mutationFn: save,
    onSuccess: () => {
      tellDone('The address was saved');
      form.resetDirty();
    },
  });
  return (
    <FormSection
      title="Address"
      submit="Save address"
      mayChange={mayChange}
      isDirty={form.isDirty()}
      isBusy={saving.isPending}
      error={saving.error}
      onSubmit={form.onSubmit((wanted) => saving.mutate(wanted))}
    >
      <TextInput label="Street" {...form.getInputProps('address1')} />
      <TextInput label="Street, second line" {...form.getInputProps('address2')} />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput label="City" {...form.getInputProps('city')} />
        <TextInput label="Postal code" {...form.getInputProps('zipCode')} />
        <TextInput label="State" {...form.getInputProps('state')} />
        <TextInput label="Country" {...form.getInputProps('country')} />
      </SimpleGrid>
    </FormSection>
  );
}
