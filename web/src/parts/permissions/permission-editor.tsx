import { Button, Group, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { useSession } from '../../lib/session.ts';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { DataTable } from '../data-table.tsx';
import { EmptyState } from '../empty-state.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { AddPermission } from './add-permission.tsx';
import { LevelMeanings } from './level-meanings.tsx';
import { leftAfter, type Own } from './own-access.ts';
import { columnsOf, holderName, subjectOf } from './permission-columns.tsx';
import { descriptionPath, entriesPath, NOUNS, type Permission, type Resource } from './resources.ts';

interface Props {
  resource: Resource;
  /** A uid, or the number of a team or service account. */
  id: string;
  /** Whether the person may change them; the server decides anyway. */
  canChange: boolean;
}

interface Change {
  entry: Permission;
  /** '' takes the permission away. */
  level: string;
}

/** Who may do what with one object: the list, and where one may, a change of each. The same for every kind of object. */
export function PermissionEditor({ resource, id, canChange }: Props) {
  const [isAdding, adding] = useDisclosure(false);
  const [asked, setAsked] = useState<Change & { left: string }>();
  const description = api.useQuery('get', descriptionPath(resource));
  const entries = api.useQuery('get', entriesPath(resource), { params: { path: { id } } });
  const own = useOwn(resource);
  const levels = description.data?.permissions ?? [];
  const set = api.useMutation('post', entriesPath(resource), { onSuccess: () => setAsked(undefined) });

  const change = ({ entry, level }: Change): void =>
    set.mutate(
      { params: { path: { id } }, body: { permissions: [{ ...subjectOf(entry), permission: level }] } },
      { onSuccess: () => tellDone(changedText(entry, level)) },
    );
  const ask = (wanted: Change): void => {
    if (set.isPending) return;
    const left = own && leftAfter(entries.data ?? [], wanted.entry, wanted.level, { levels, own });
    if (left === undefined) change(wanted);
    else {
      set.reset();
      setAsked({ ...wanted, left });
    }
  };
  const add = canChange && description.data !== undefined && (
    <Button onClick={adding.open}>Add a permission</Button>
  );
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <LevelMeanings resource={resource} levels={levels} />
        {add}
      </Group>
      {asked === undefined && <ProblemAlert error={set.error} />}
      <DataTable
        label="permissions"
        columns={columnsOf({ levels, canChange, onChange: ask })}
        rows={description.error === null ? entries.data : []}
        keyOf={keyOf}
        error={entries.error ?? description.error}
        onRetry={() => void Promise.all([entries.refetch(), description.refetch()])}
        empty={<NoPermissions resource={resource} />}
      />
      {isAdding && description.data !== undefined && (
        <AddPermission
          resource={resource}
          id={id}
          description={description.data}
          entries={entries.data ?? []}
          onClose={adding.close}
        />
      )}
      {asked !== undefined && (
        <ConfirmDialog
          title={asked.level === '' ? 'Take away your own permission?' : 'Lower your own permission?'}
          confirm={asked.level === '' ? 'Take it away' : `Change to ${asked.level}`}
          isBusy={set.isPending}
          error={set.error}
          onConfirm={() => change(asked)}
          onClose={() => setAsked(undefined)}
        >
          You have this permission yourself, as {holderName(asked.entry)}. Without it you have{' '}
          <strong>{asked.left === '' ? 'none' : asked.left}</strong> on this {NOUNS[resource]}, and cannot
          give yourself more.
        </ConfirmDialog>
      )}
    </Stack>
  );
}

/** Undefined for who has the permissions of all such objects by a role, and loses nothing here. */
function useOwn(resource: Resource): Own | undefined {
  const { user, settings } = useSession();
  const holdsAll = settings.latchkey.orgActions[`${resource}.permissions:write`] === true;
  const teams = api.useQuery('get', '/api/user/teams', {}, { enabled: !holdsAll });
  if (holdsAll) return undefined;
  return { userId: user.id, role: user.orgRole, teamIds: teams.data?.map((team) => team.id) ?? [] };
}

function NoPermissions({ resource }: { resource: Resource }) {
  return (
    <EmptyState
      title="No permissions yet"
      advice={`Nobody was given this ${NOUNS[resource]} by name. What people’s roles give, they have anyway.`}
    />
  );
}

function keyOf(entry: Permission): string {
  return `${entry.roleName} ${entry.inheritedFrom?.uid ?? ''}`;
}

function changedText(entry: Permission, level: string): string {
  const name = holderName(entry);
  return level === '' ? `The permission of ${name} was taken away` : `${name} has ${level} now`;
}
