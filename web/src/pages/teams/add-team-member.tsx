import { type FormEvent, useState } from 'react';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import type { Subject } from '../../lib/subjects.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { SubjectPicker } from '../../parts/subject-picker.tsx';
import type { Team } from './team-page.tsx';

/** Puts somebody of the organization into a team. */
export function AddTeamMember({ team: { id, name }, onClose }: { team: Team; onClose(): void }) {
  const [user, setUser] = useState<Subject>();
  const [isMissing, setIsMissing] = useState(false);
  const add = api.useMutation('post', '/api/teams/{id}/members', {
    onSuccess: () => {
      tellDone(`${user?.name ?? 'The user'} is in ${name} now`);
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setIsMissing(user === undefined);
    if (user !== undefined) add.mutate({ params: { path: { id: String(id) } }, body: { userId: user.id } });
  };
  return (
    <FormDialog
      title={`Add a member to ${name}`}
      submit="Add to team"
      isDirty={user !== undefined}
      isBusy={add.isPending}
      error={add.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <SubjectPicker
        kind="user"
        value={user}
        onChange={setUser}
        error={isMissing && user === undefined ? 'Choose somebody of the organization' : undefined}
      />
    </FormDialog>
  );
}
