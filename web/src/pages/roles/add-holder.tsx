import { Select } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { client } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import type { Subject, SubjectKind } from '../../lib/subjects.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { roleName } from '../../parts/role-picker.tsx';
import { SUBJECT_NAMES } from '../../parts/subject-link.tsx';
import { SubjectPicker } from '../../parts/subject-picker.tsx';
import type { Role } from './role-tags.tsx';

interface Values {
  kind: SubjectKind;
  subject: Subject | undefined;
}

const KINDS = Object.entries(SUBJECT_NAMES).map(([value, label]) => ({ value, label }));

/** Gives a role to one more. */
export function AddHolder({ role, onClose }: { role: Role; onClose(): void }) {
  const form = useForm<Values>({
    initialValues: { kind: 'user', subject: undefined },
    validate: { subject: (subject) => (subject === undefined ? 'Choose one' : null) },
  });
  const give = useMutation({
    mutationFn: ({ kind, id }: Subject) => giveRole(role.uid, kind, id),
    onSuccess: (_, { name }) => {
      tellDone(`${name} has the role ${roleName(role)} now`);
      onClose();
    },
  });
  const { kind, subject } = form.values;
  return (
    <FormDialog
      title={`Give the role ${roleName(role)}`}
      submit="Give the role"
      isDirty={form.isDirty()}
      isBusy={give.isPending}
      error={give.error}
      onSubmit={form.onSubmit(({ subject: chosen }) => {
        if (chosen !== undefined) give.mutate(chosen);
      })}
      onClose={onClose}
    >
      <Select
        label="Give it to a"
        data={KINDS}
        {...form.getInputProps('kind')}
        onChange={(next) => form.setValues({ kind: next as SubjectKind, subject: undefined })}
        data-autofocus
      />
      <SubjectPicker
        key={kind}
        kind={kind}
        value={subject}
        onChange={(chosen) => form.setFieldValue('subject', chosen)}
        error={form.errors['subject']}
      />
    </FormDialog>
  );
}

// Service accounts are given roles as users are: they share their ids.
function giveRole(roleUid: string, kind: SubjectKind, id: number): Promise<unknown> {
  const asked = { params: { path: { id } }, body: { roleUid } };
  return kind === 'team'
    ? client.POST('/api/access-control/teams/{id}/roles', asked)
    : client.POST('/api/access-control/users/{id}/roles', asked);
}
