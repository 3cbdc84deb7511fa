import { Skeleton } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { api } from '../lib/api.ts';
import { tellDone } from '../lib/notify.ts';
import { useMay } from '../lib/session.ts';
import { FormDialog } from './form-dialog.tsx';
import { FormSection } from './form-section.tsx';
import { RolePicker } from './role-picker.tsx';

interface Whom {
  /** Service accounts are asked for as users: they share their ids. */
  kind: 'users' | 'teams';
  id: number;
  name: string;
}

// Both kinds have the same calls.
type OfUsers = '/api/access-control/users/{id}/roles';

const ABOUT =
  'Custom and fixed roles, which give more than the basic role does. They count in this organization.';

/** The roles of somebody besides the basic one, as a part of their page. */
export function RolesSection(whom: Whom) {
  const roles = useRolesOf(whom);
  return (
    <FormSection title="Roles" about={ABOUT} {...roles.form}>
      <Picker roles={roles} />
    </FormSection>
  );
}

/** The same in a dialog, for a list of people. */
export function RolesDialog({ onClose, ...whom }: Whom & { onClose(): void }) {
  const roles = useRolesOf(whom, onClose);
  return (
    <FormDialog title={`Roles of ${whom.name}`} submit="Save" onClose={onClose} {...roles.form}>
      <Picker roles={roles} description={ABOUT} />
    </FormDialog>
  );
}

function Picker({ roles, description }: { roles: ReturnType<typeof useRolesOf>; description?: string }) {
  const { held, chosen, choose, form } = roles;
  if (held === undefined) return form.error === null && <Skeleton height="4rem" />;
  return (
    <RolePicker
      held={held}
      description={description}
      value={chosen}
      onChange={choose}
      disabled={!form.mayChange}
    />
  );
}

function useRolesOf({ kind, id, name }: Whom, onSaved?: () => void) {
  const may = useMay();
  const path = `/api/access-control/${kind}/{id}/roles` as OfUsers;
  const params = { path: { id } };
  const asked = api.useQuery('get', path, { params });
  const save = api.useMutation('put', path, {
    onSuccess: () => {
      tellDone(`The roles of ${name} were saved`);
      onSaved?.();
    },
  });
  const [changed, choose] = useState<string[]>();
  const uids = asked.data?.map(({ uid }) => uid) ?? [];
  const chosen = changed ?? uids;
  return {
    held: asked.data,
    chosen,
    choose,
    form: {
      mayChange: may(`${kind}.roles:add`),
      isDirty: uids.length !== chosen.length || uids.some((uid) => !chosen.includes(uid)),
      isBusy: save.isPending,
      error: save.error ?? asked.error,
      onSubmit: (event: FormEvent) => {
        event.preventDefault();
        save.mutate({ params, body: { roleUids: chosen } });
      },
    },
  };
}
