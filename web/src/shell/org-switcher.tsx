import { Button, Menu, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Building2, Check, ChevronDown } from 'lucide-react';
import { api } from '../lib/api.ts';
import { switchOrg, useSession } from '../lib/session.ts';

/** Which organization one acts in, and a choice of the others. */
export function OrgSwitcher() {
  const { user } = useSession();
  const router = useRouter();
  const orgs = api.useQuery('get', '/api/user/orgs');
  const change = useMutation({
    mutationFn: switchOrg,
    onSuccess: async () => {
      // What the page was about may not be there in another organization.
      await router.navigate({ to: '/' });
      await router.invalidate();
    },
  });
  return (
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
            <Text size="xs" c="dimmed">
              {org.role}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
