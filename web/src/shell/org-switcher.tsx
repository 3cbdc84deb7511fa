import { Button, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { Building2, Check, ChevronDown, Plus } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { api } from '../lib/api.ts';
import { tellProblem } from '../lib/notify.ts';
import { switchOrg, useSession } from '../lib/session.ts';

// Few ever open it, and it brings what forms are made of.
const NewOrg = lazy(() => import('../parts/new-org.tsx').then((part) => ({ default: part.NewOrg })));

/** Which organization one acts in, and a choice of the others. */
export function OrgSwitcher() {
  const { user, settings } = useSession();
  const [isAdding, adding] = useDisclosure(false);
  const orgs = api.useQuery('get', '/api/user/orgs');
  const change = useMutation({ mutationFn: switchOrg, onError: tellProblem });
  return (
    <>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            c="var(--mantine-color-text)"
            maw={{ base: 170, xs: 300 }}
            loading={change.isPending}
            leftSection={<Building2 size={16} aria-hidden />}
            rightSection={<ChevronDown size={14} aria-hidden />}
            aria-label={`Organization ${user.orgName}: switch`}
          >
            <Text span truncate inherit>
              {user.orgName === '' ? 'No organization' : user.orgName}
            </Text>
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah="70vh" style={{ overflowY: 'auto' }}>
          <Menu.Label>Organization</Menu.Label>
          {orgs.data?.map((org) => (
            <Menu.Item
              key={org.orgId}
              onClick={() => org.orgId !== user.orgId && change.mutate(org.orgId)}
              rightSection={
                org.orgId === user.orgId ? <Check size={14} aria-label="the current one" /> : undefined
              }
            >
              {org.name}
              <Text size="xs" c="var(--page-quiet)">
                {org.role}
              </Text>
            </Menu.Item>
          ))}
          {settings.latchkey.allowOrgCreate && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<Plus size={14} aria-hidden />} onClick={adding.open}>
                New organization
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <Suspense>{isAdding && <NewOrg onClose={adding.close} />}</Suspense>
    </>
  );
}
