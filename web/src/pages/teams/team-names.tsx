import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { FormSection } from '../../parts/form-section.tsx';
import type { Team } from './team-page.tsx';

/** What a team is called, and where it gets its mail. */
export function TeamNames({ team, mayChange }: { team: Team; mayChange: boolean }) {
  const form = useForm({
    initialValues: { name: team.name, email: team.email },
    validate: { name: (name) => (name.trim() === '' ? 'Give the team a name' : null) },
  });
  const save = api.useMutation('put', '/api/teams/{id}', {
    onSuccess: (_, { body }) => {
      tellDone(`Team ${body.name} was saved`);
      form.resetDirty();
    },
  });
  return (
    <FormSection
      title="Team details"
      mayChange={mayChange}
      isDirty={form.isDirty()}
      isBusy={save.isPending}
      error={save.error}
      onSubmit={form.onSubmit((body) => save.mutate({ params: { path: { id: String(team.id) } }, body }))}
    >
      <TextInput label="Name" required {...form.getInputProps('name')} />
      <TextInput label="Email" type="email" {...form.getInputProps('email')} />
    </FormSection>
  );
}
