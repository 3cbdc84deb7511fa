import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import type { Role } from '../../../../client/shapes.ts';
import { type Answer, api, client } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { useMayOnServer } from '../../lib/session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { RemoveMember } from '../../parts/member-dialogs.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useRoleMeanings } from '../../parts/role-meanings.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';
import { RowButton } from '../../parts/row-button.tsx';
import { Section } from '../../parts/section.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import { JoinOrg } from './join-org.tsx';
import type { User } from './server-user-page.tsx';

type Membership = Answer<'/api/users/{id}/orgs', 'get'>[number];

interface Props {
  user: User;
  asked: { data: Membership[] | undefined; error: unknown; refetch(): unknown };
}

/** In which organizations somebody is, and as what. */
export function UserOrgs({ user, asked }: Props) {
  const mayOnServer = useMayOnServer();
  const [isJoining, joining] = useDisclosure(false);
  const [leaving, setLeaving] = useState<Membership>();
  const columns = useColumns(user, setLeaving);
  const add = mayOnServer('org.users:add') && (
    <Button variant="default" onClick={joining.open}>
      Add to organization
    </Button>
  );
  return (
    <Section title="Organizations" actions={add}>
      <ProblemAlert error={columns.error} />
      <DataTable
        label="organizations of the user"
        columns={columns.columns}
        rows={asked.data}
        keyOf={({ orgId }) => orgId}
        error={asked.error}
        onRetry={() => void asked.refetch()}
        empty={
          <EmptyState
            title={`${user.login} is in no organization`}
            advice="Who is in none can sign in, and see nothing."
          />
        }
      />
      {isJoining && <JoinOrg user={user} onClose={joining.close} />}
      {leaving !== undefined && (
        <RemoveMember
          member={{ userId: user.id, login: user.login }}
          org={{ id: leaving.orgId, name: leaving.name }}
          remove={(userId) =>
            client.DELETE('/api/orgs/{id}/users/{userId}', {
              params: { path: { id: leaving.orgId, userId } },
            })
          }
          onClose={() => setLeaving(undefined)}
        />
      )}
    </Section>
  );
}

function useColumns(user: User, onLeave: (org: Membership) => void) {
  const mayOnServer = useMayOnServer();
  const meanings = useRoleMeanings();
  const setRole = api.useMutation('patch', '/api/orgs/{id}/users/{userId}', {
    onSuccess: (_, { body: { role } }) =>
      tellDone(`${user.login} has the role ${role} now: may ${meanings[role]}`),
  });
  const choose = api.useMutation('post', '/api/users/{id}/using/{orgId}', {
    onSuccess: () => tellDone(`${user.login} begins in another organization next time`),
  });
  const change = ({ orgId: id, role: before }: Membership, role: Role): void => {
    if (role !== before) setRole.mutate({ params: { path: { id, userId: user.id } }, body: { role } });
  };
  const columns: Column<Membership>[] = [
    {
      title: 'Organization',
      render: ({ orgId, name }) => (
        <Group gap="sm">
          {mayOnServer('orgs:read') ? (
            <TextLink to="/admin/orgs/$id" params={{ id: String(orgId) }}>
              {name}
            </TextLink>
          ) : (
            name
          )}
          {orgId === user.orgId && <StateTag tone="quiet">Current</StateTag>}
        </Group>
      ),
    },
    {
      title: 'Role',
      width: 150,
      render: (org) =>
        mayOnServer('org.users:write') ? (
          <RoleSelect
            label={undefined}
            aria-label={`Role in ${org.name}`}
            size="xs"
            miw={110}
            value={org.role}
            disabled={setRole.isPending}
            onChange={(role) => change(org, role)}
          />
        ) : (
          org.role
        ),
    },
    {
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      render: (org) => (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          {org.orgId !== user.orgId && mayOnServer('users:write') && (
            <RowButton
              title="Make current"
              of={`the organization ${org.name}`}
              isBusy={choose.isPending}
              onClick={() => choose.mutate({ params: { path: { id: user.id, orgId: org.orgId } } })}
            />
          )}
          {mayOnServer('org.users:remove') && (
            <RowButton title="Remove" of={`from ${org.name}`} isDangerous onClick={() => onLeave(org)} />
          )}
        </Group>
      ),
    },
  ];
  return { columns, error: setRole.error ?? choose.error };
}
