import { Button, SimpleGrid, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { type Answer, api, client } from '../../lib/api.ts';
import { tellProblem } from '../../lib/notify.ts';
import { switchOrg, useMayOnServer, useSession } from '../../lib/session.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { Quotas, QUOTAS_OF_ORG } from '../../parts/quotas.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { canBeDeleted, DeleteOrg } from './delete-org.tsx';
import { OrgAddress, OrgName } from './org-forms.tsx';
import { OrgUsers } from './org-users.tsx';

type Org = Answer<'/api/orgs/{id}', 'get'>;

const ABOVE = [{ title: 'Organizations', to: '/admin/orgs' }];

/** One organization of the server, whether or not one is in it. */
export function OrgPage() {
  const id = Number(useParams({ from: '/signed-in/admin/orgs/$id' }).id);
  const org = api.useQuery('get', '/api/orgs/{id}', { params: { path: { id } } });
  return (
    <Loaded asked={org} title="Organization">
      {(found) => <OneOrg key={found.id} org={found} />}
    </Loaded>
  );
}

function OneOrg({ org }: { org: Org }) {
  const mayOnServer = useMayOnServer();
  const { user } = useSession();
  const navigate = useNavigate();
  const [isDeleting, deleting] = useDisclosure(false);
  const params = { path: { id: org.id } };
  const mayChange = mayOnServer('orgs:write');
  return (
    <PageFrame
      title={org.name}
      about={`Organization ${org.id}`}
      above={ABOVE}
      tags={org.id === user.orgId && <StateTag tone="accent">You are here</StateTag>}
      actions={
        <>
          {mayOnServer('orgs:delete') && canBeDeleted(org, user) && (
            <Button variant="default" c="var(--page-bad)" onClick={deleting.open}>
              Delete organization
            </Button>
          )}
          <SwitchButton org={org} />
        </>
      }
    >
      <OrgUsers org={org} />
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Stack>
          <OrgName
            org={org}
            mayChange={mayChange}
            save={(body) => client.PUT('/api/orgs/{id}', { params, body })}
          />
          {mayOnServer('orgs.quotas:read') && <OrgQuotas org={org} />}
        </Stack>
        <OrgAddress
          org={org}
          mayChange={mayChange}
          save={(body) => client.PUT('/api/orgs/{id}/address', { params, body })}
        />
      </SimpleGrid>
      {isDeleting && (
        <DeleteOrg
          org={org}
          onDeleted={() => navigate({ to: '/admin/orgs', ignoreBlocker: true })}
          onClose={deleting.close}
        />
      )}
    </PageFrame>
  );
}

function SwitchButton({ org }: { org: Org }) {
  const { user } = useSession();
  const own = api.useQuery('get', '/api/user/orgs');
  const change = useMutation({ mutationFn: switchOrg, onError: tellProblem });
  const isMember = own.data?.some(({ orgId }) => orgId === org.id) === true;
  if (!isMember || org.id === user.orgId) return null;
  return (
    <Button loading={change.isPending} onClick={() => change.mutate(org.id)}>
      Switch to this organization
    </Button>
  );
}

function OrgQuotas({ org: { id } }: { org: Org }) {
  const mayOnServer = useMayOnServer();
  const quotas = api.useQuery('get', '/api/orgs/{id}/quotas', { params: { path: { id } } });
  const change = (target: string, limit: number) =>
    client.PUT('/api/orgs/{id}/quotas/{target}', { params: { path: { id, target } }, body: { limit } });
  return (
    <Quotas
      asked={quotas}
      titles={QUOTAS_OF_ORG}
      change={mayOnServer('orgs.quotas:write') ? change : undefined}
    />
  );
}
