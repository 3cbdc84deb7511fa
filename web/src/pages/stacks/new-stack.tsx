import { Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { type Answer, api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { nameFault, slugLike } from './stack.ts';
import { StackFields } from './stack-fields.tsx';

interface Props {
  orgs: Answer<'/api/admin/cloud/orgs', 'get'>['orgs'];
  onClose(): void;
}

/** Makes a stack, with a slug like its name unless another is given. */
export function NewStack({ orgs, onClose }: Props) {
  const navigate = useNavigate();
  const regions = api.useQuery('get', '/api/admin/cloud/regions').data?.regions ?? [];
  const form = useForm({
    initialValues: {
      name: '',
      slug: '',
      org: orgs[0]?.slug ?? '',
      region: '',
      description: '',
      deleteProtection: false,
    },
    validate: {
      name: nameFault,
      slug: (slug) =>
        /^[a-z][a-z0-9_-]*$/.test(slug)
          ? null
          : 'Use lower case letters, digits, _ and -, and begin with a letter',
    },
  });
  form.watch('name', ({ value, previousValue }) => {
    const { slug } = form.getValues();
    if (slug === slugLike(previousValue)) form.setFieldValue('slug', slugLike(value));
  });
  const create = api.useMutation('post', '/api/admin/cloud/stacks', {
    onSuccess: async ({ id, slug }) => {
      tellDone(`Stack ${slug} was made`);
      await navigate({ to: '/admin/stacks/$id', params: { id: String(id) } });
    },
  });
  return (
    <FormDialog
      title="New stack"
      submit="Make stack"
      isDirty={form.isDirty()}
      isBusy={create.isPending}
      error={create.error}
      onSubmit={form.onSubmit(({ region, ...body }) =>
        create.mutate({ body: { ...body, ...(region === '' ? {} : { region }) } }),
      )}
      onClose={onClose}
    >
      <TextInput label="Name" required maxLength={190} data-autofocus {...form.getInputProps('name')} />
      <TextInput
        label="Slug"
        description="What addresses and scripts call it"
        required
        maxLength={63}
        autoCapitalize="none"
        {...form.getInputProps('slug')}
      />
      <Select
        label="Organization"
        description="Whose cloud keys reach it"
        data={orgs.map(({ slug, name }) => ({ value: slug, label: name }))}
        allowDeselect={false}
        {...form.getInputProps('org')}
      />
      <Select
        label="Region"
        description="It only says which services the stack tells of"
        placeholder={regions[0]?.name ?? ''}
        data={regions.map(({ slug, name }) => ({ value: slug, label: name }))}
        {...form.getInputProps('region')}
        value={form.values.region || null}
        onChange={(region) => form.setFieldValue('region', region ?? '')}
      />
      <StackFields form={form} />
    </FormDialog>
  );
}
