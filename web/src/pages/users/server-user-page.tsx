import { SimpleGrid } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { type Answer, api, client } from '../../lib/api.ts';
import { useMay, useMayOnServer, useSession } from '../../lib/session.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { Quotas } from '../../parts/quotas.tsx';
import { RolesSection } from '../../parts/roles-of.tsx';
import { Section } from '../../parts/section.tsx';
import { SessionTable } from '../../parts/session-table.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { UserActions } from './user-actions.tsx';
import { UserOrgs } from './user-orgs.tsx';
import { UserPassword } from './user-password.tsx';
import { UserProfile } from './user-profile.tsx';
import { UserTeams } from './user-teams.tsx';

export type User = Answer<'/api/users/{id}', 'get'>;

const ABOVE = [{ title: 'Users', to: '/admin/users' }];
const QUOTAS = { org_user: 'Organizations' };

/** One user of the server, with all that an administrator can do about them. */
export function ServerUserPage() {
  const id = Number(useParams({ from: '/signed-in/admin/users/$id' }).id);
  const user = api.useQuery('get', '/api/users/{id}', { params: { path: { id } } });
  return (
    <Loaded asked={user} title="User">
      {(found) => <OneUser key={found.id} user={found} />}
    </Loaded>
  );
}

function OneUser({ user }: { user: User }) {
  const may = useMay();
  const mayOnServer = useMayOnServer();
  const { user: self } = useSession();
  const orgs = api.useQuery('get', '/api/users/{id}/orgs', { params: { path: { id: user.id } } });
  const isHere = orgs.data?.some(({ orgId }) => orgId === self.orgId) === true;
  return (
    <PageFrame
      title={user.login}
      above={ABOVE}
      about={
        <>
          Created <TimeText at={user.createdAt} />
        </>
      }
      tags={
        <>
          {user.isGrafanaAdmin && <StateTag tone="accent">Server administrator</StateTag>}
          {user.isDisabled && <StateTag tone="warning">Disabled</StateTag>}
          {user.id === self.id && <StateTag tone="quiet">You</StateTag>}
        </>
      }
      actions={<UserActions user={user} />}
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <UserProfile user={user} />
        {mayOnServer('users.password:write') && <UserPassword user={user} />}
      </SimpleGrid>
      <UserOrgs user={user} asked={orgs} />
      {isHere && <UserTeams userId={user.id} />}
      {isHere && may('users.roles:read') && <RolesSection kind="users" id={user.id} name={user.login} />}
      {mayOnServer('users.authtoken:read') && <Sessions user={user} />}
      {mayOnServer('users.quotas:read') && <UserQuotas user={user} />}
    </PageFrame>
  );
}

function Sessions({ user: { id, login } }: { user: User }) {
  const mayOnServer = useMayOnServer();
  const params = { path: { id } };
  const sessions = api.useQuery('get', '/api/admin/users/{id}/auth-tokens', { params });
  const end = (authTokenId: number) =>
    client.POST('/api/admin/users/{id}/revoke-auth-token', { params, body: { authTokenId } });
  return (
    <Section title="Sessions" about={`Where ${login} is signed in to this page.`}>
      <SessionTable asked={sessions} end={mayOnServer('users.authtoken:write') ? end : undefined} />
    </Section>
  );
}

function UserQuotas({ user: { id } }: { user: User }) {
  const mayOnServer = useMayOnServer();
  const quotas = api.useQuery('get', '/api/admin/users/{id}/quotas', { params: { path: { id } } });
  const change = (target: string, limit: number) =>
    client.PUT('/api/admin/users/{id}/quotas/{target}', {
      params: { path: { id, target } },
      body: { limit },
    });
  return (
    <Quotas asked={quotas} titles={QUOTAS} change={mayOnServer('users.quotas:write') ? change : undefined} />
  );
}
