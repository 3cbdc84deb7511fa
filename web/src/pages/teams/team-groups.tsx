import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { type Answer, api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { RowButton } from '../../parts/row-button.tsx';
import { Section } from '../../parts/section.tsx';
import type { Team } from './team-page.tsx';

type Group = Answer<'/api/teams/{id}/groups', 'get'>[number];

/** The groups of a directory that a team is written down for. */
export function TeamGroups({ team, mayChange }: { team: Team; mayChange: boolean }) {
  const [isAdding, adding] = useDisclosure(false);
  const [removing, setRemoving] = useState<string>();
  const groups = api.useQuery('get', '/api/teams/{id}/groups', {
    params: { path: { id: String(team.id) } },
  });
  const columns: Column<Group>[] = [{ title: 'Group', render: ({ groupId }) => groupId }];
  if (mayChange) {
    columns.push({
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      render: ({ groupId }) => (
        <RowButton title="Remove" of={groupId} isDangerous onClick={() => setRemoving(groupId)} />
      ),
    });
  }
  const add = mayChange && (
    <Button variant="default" onClick={adding.open}>
      Add group
    </Button>
  );
  return (
    <Section
      title="External groups"
      about="Groups of a directory, kept for the tools that read and set them. Nobody joins the team by them here."
      actions={add}
    >
      <DataTable
        label="external groups of the team"
        columns={columns}
        rows={groups.data}
        keyOf={({ groupId }) => groupId}
        error={groups.error}
        onRetry={() => void groups.refetch()}
        empty={<EmptyState title="No external group" />}
      />
      {isAdding && <AddGroup team={team} onClose={adding.close} />}
      {removing !== undefined && (
        <RemoveGroup team={team} groupId={removing} onClose={() => setRemoving(undefined)} />
      )}
    </Section>
  );
}

function AddGroup({ team, onClose }: { team: Team; onClose(): void }) {
  const form = useForm({
    initialValues: { groupId: '' },
    validate: { groupId: (groupId) => (groupId.trim() === '' ? 'Give the name of a group' : null) },
  });
  const add = api.useMutation('post', '/api/teams/{id}/groups', {
    onSuccess: (_, { body }) => {
      tellDone(`The group ${body.groupId} was added`);
      onClose();
    },
  });
  return (
    <FormDialog
      title={`Add an external group to ${team.name}`}
      submit="Add group"
      isDirty={form.isDirty()}
      isBusy={add.isPending}
      error={add.error}
      onSubmit={form.onSubmit((body) => add.mutate({ params: { path: { id: String(team.id) } }, body }))}
      onClose={onClose}
    >
      <TextInput
        label="Group"
        placeholder="cn=editors,ou=groups,dc=example,dc=org"
        required
        data-autofocus
        {...form.getInputProps('groupId')}
      />
    </FormDialog>
  );
}

function RemoveGroup({ team, groupId, onClose }: { team: Team; groupId: string; onClose(): void }) {
  const remove = api.useMutation('delete', '/api/teams/{id}/groups', {
    onSuccess: () => {
      tellDone(`The group ${groupId} was removed`);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Remove the group ${groupId}?`}
      confirm="Remove"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ params: { path: { id: String(team.id) }, query: { groupId } } })}
      onClose={onClose}
    >
      {team.name} is no longer written down for it. Nobody leaves the team by that.
    </ConfirmDialog>
  );
}
