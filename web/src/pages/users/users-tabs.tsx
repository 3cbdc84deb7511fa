import { Tabs } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMayOnServer } from '../../lib/session.ts';

const ADDRESSES = { org: '/org/users', server: '/admin/users' } as const;

/** Leads from the users of the organization to those of the whole server and back, for who may look at these. */
export function UsersTabs({ shown, children }: { shown: keyof typeof ADDRESSES; children: ReactNode }) {
  const navigate = useNavigate();
  if (!useMayOnServer()('users:read')) return children;
  return (
    <Tabs value={shown} onChange={(tab) => void navigate({ to: ADDRESSES[tab as keyof typeof ADDRESSES] })}>
      <Tabs.List>
        <Tabs.Tab value="org">In this organization</Tabs.Tab>
        <Tabs.Tab value="server">On the whole server</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value={shown} pt="md">
        {children}
      </Tabs.Panel>
    </Tabs>
  );
}
