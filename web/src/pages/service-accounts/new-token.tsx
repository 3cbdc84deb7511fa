import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '../../lib/api.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import {
  firstLife,
  type Life,
  LifeField,
  lifeProblem,
  secondsToLive,
  useLifeLimit,
} from '../../parts/life-field.tsx';
import { SecretOnce } from '../../parts/secret-once.tsx';

interface Values {
  name: string;
  life: Life;
}

/** Makes a token of an account, and shows it the one time that it can be shown. */
export function NewToken({ account, onClose }: { account: { id: number; name: string }; onClose(): void }) {
  const limit = useLifeLimit('token');
  const form = useForm<Values>({
    initialValues: { name: '', life: firstLife(limit) },
    validate: {
      name: (name) => (name.trim() === '' ? 'Give the token a name that says where it is kept' : null),
      life: (life) => lifeProblem(life, limit),
    },
  });
  const create = api.useMutation('post', '/api/serviceaccounts/{id}/tokens');
  if (create.data !== undefined) {
    return (
      <SecretOnce
        title="Service account token created"
        kind="token"
        secret={create.data.key}
        onClose={onClose}
      />
    );
  }
  return (
    <FormDialog
      title={`Add token to ${account.name}`}
      submit="Generate token"
      isDirty={form.isDirty()}
      isBusy={create.isPending}
      error={create.error}
      onSubmit={form.onSubmit(({ name, life }) =>
        create.mutate({
          params: { path: { id: account.id } },
          body: { name: name.trim(), ...secondsToLive(life) },
        }),
      )}
      onClose={onClose}
    >
      <TextInput
        label="Display name"
        description="Unique among the keys and tokens of the organization"
        required
        data-autofocus
        {...form.getInputProps('name')}
      />
      <LifeField
        kind="token"
        limit={limit}
        value={form.values.life}
        error={form.errors['life']}
        onChange={(life) => form.setFieldValue('life', life)}
      />
    </FormDialog>
  );
}
