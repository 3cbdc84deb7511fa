import { Select, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type Answer, api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import type { Subject, SubjectKind } from '../../lib/subjects.ts';
import { FormDialog } from '../form-dialog.tsx';
import { SUBJECT_NAMES } from '../subject-link.tsx';
import { SubjectPicker } from '../subject-picker.tsx';
import { holderName } from './permission-columns.tsx';
import { entriesPath, type Permission, type Resource } from './resources.ts';

type Kind = SubjectKind | 'role';

interface Props {
  resource: Resource;
  id: string;
  description: Answer<'/api/access-control/folders/description', 'get'>;
  /** What there is already. */
  entries: readonly Permission[];
  onClose(): void;
}

interface Chosen {
  kind: Kind;
  subject: Subject | undefined;
  role: string;
}

const KINDS = Object.entries({ ...SUBJECT_NAMES, role: 'Role' }).map(([value, label]) => ({
  value: value as Kind,
  label,
}));
const ROLES = ['Viewer', 'Editor', 'Admin'];

/** Gives somebody a level on an object. */
export function AddPermission({ resource, id, description, entries, onClose }: Props) {
  const { assignments, permissions: levels } = description;
  const form = useForm<Chosen & { level: string }>({
    initialValues: {
      kind: 'user',
      subject: undefined,
      role: ROLES[0] ?? '',
      level: levels[0] ?? '',
    },
    validate: {
      subject: (subject, { kind }) => (kind !== 'role' && subject === undefined ? 'Choose one' : null),
    },
  });
  const { kind, subject, role, level } = form.values;
  const name = kind === 'role' ? role : (subject?.name ?? '');
  const add = api.useMutation('post', entriesPath(resource), {
    onSuccess: () => {
      tellDone(`${name} has ${level} now`);
      onClose();
    },
  });
  const kinds = KINDS.filter(({ value }) => mayBe(value, resource, assignments));
  const present = entries.find((entry) => !entry.isInherited && isOf(entry, form.values));
  return (
    <FormDialog
      title="Add a permission"
      submit="Save"
      isDirty={form.isDirty()}
      isBusy={add.isPending}
      error={add.error}
      onSubmit={form.onSubmit((values) =>
        add.mutate({
          params: { path: { id } },
          body: { permissions: [{ ...wantedOf(values), permission: level }] },
        }),
      )}
      onClose={onClose}
    >
      <Select
        label="Add permission for"
        data={kinds}
        {...form.getInputProps('kind')}
        onChange={(next) => form.setValues({ kind: next as Kind, subject: undefined })}
        data-autofocus
      />
      {kind === 'role' ? (
        <Select label="Role" data={ROLES} {...form.getInputProps('role')} />
      ) : (
        <SubjectPicker
          key={kind}
          kind={kind}
          value={subject}
          onChange={(chosen) => form.setFieldValue('subject', chosen)}
          error={form.errors['subject']}
        />
      )}
      <Select label="Permission" data={levels} {...form.getInputProps('level')} />
      {present !== undefined && (
        <Text size="sm" c="dimmed">
          {holderName(present)} has {present.permission} here already; saving changes it to {level}.
        </Text>
      )}
    </FormDialog>
  );
}

function mayBe(
  kind: Kind,
  resource: Resource,
  { users, teams, builtInRoles }: Props['description']['assignments'],
) {
  if (kind === 'role') return builtInRoles;
  if (kind === 'team') return teams;
  // A team's permissions are who is in it, and those are people.
  return users && !(kind === 'service-account' && resource === 'teams');
}

function wantedOf({ kind, subject, role }: Chosen) {
  if (kind === 'role') return { builtInRole: role };
  return kind === 'team' ? { teamId: subject?.id ?? 0 } : { userId: subject?.id ?? 0 };
}

function isOf({ userId, teamId, builtInRole }: Permission, { kind, subject, role }: Chosen): boolean {
  if (kind === 'role') return builtInRole === role;
  return subject !== undefined && (kind === 'team' ? teamId : userId) === subject.id;
}
