import { Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import type { OrgGrant, Role } from '../../../../client/shapes.ts';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';
import { NewGrant } from './new-grant.tsx';

interface Props {
  account: { id: number; name: string; orgId: number };
  mayChange: boolean;
}

/** The organizations that an account may act in besides its own. */
export function OrgGrants({ account, mayChange }: Props) {
  const [isAdding, adding] = useDisclosure(false);
  const [withdrawn, setWithdrawn] = useState<OrgGrant>();
  const grants = api.useQuery('get', '/api/serviceaccounts/{id}/orgs', {
    params: { path: { id: account.id } },
  });
  const change = api.useMutation('post', '/api/serviceaccounts/{id}/orgs', {
    onSuccess: ({ message }) => tellDone(message),
  });
  const add = mayChange && <Button onClick={adding.open}>Add organization</Button>;
  const columns: Column<OrgGrant>[] = [
    { title: 'Organization', render: ({ name }) => name },
    { title: 'ID', render: ({ orgId }) => orgId, align: 'right', from: 'sm' },
    {
      title: 'Role',
      render: (grant) =>
        mayChange ? (
          <RoleSelect
            label={undefined}
            aria-label={`Role in ${grant.name}`}
            maw={160}
            value={grant.role}
            disabled={change.isPending}
            onChange={(role: Role) =>
              change.mutate({ params: { path: { id: account.id } }, body: { orgId: grant.orgId, role } })
            }
          />
        ) : (
          grant.role
        ),
    },
    {
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      render: (grant) =>
        mayChange && (
          <Button
            variant="default"
            size="compact-xs"
            aria-label={`Withdraw ${grant.name}`}
            onClick={() => setWithdrawn(grant)}
          >
            Withdraw
          </Button>
        ),
    },
  ];
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw="46rem">
          With the header X-Grafana-Org-Id, the tokens of this account act in these organizations too, each
          with the role that is given here.
        </Text>
        {add}
      </Group>
      <ProblemAlert error={change.error} />
      <DataTable
        label={`further organizations of ${account.name}`}
        columns={columns}
        rows={grants.data}
        keyOf={({ orgId }) => orgId}
        error={grants.error}
        onRetry={() => void grants.refetch()}
        empty={
          <EmptyState
            title="It acts in its own organization only"
            advice="Add an organization, and one token serves both."
          />
        }
      />
      {isAdding && <NewGrant account={account} granted={grants.data ?? []} onClose={adding.close} />}
      {withdrawn && <Withdraw account={account} grant={withdrawn} onClose={() => setWithdrawn(undefined)} />}
    </Stack>
  );
}

function Withdraw({
  account,
  grant,
  onClose,
}: Omit<Props, 'mayChange'> & { grant: OrgGrant; onClose(): void }) {
  const { orgId, name } = grant;
  const withdraw = api.useMutation('delete', '/api/serviceaccounts/{id}/orgs/{orgId}', {
    onSuccess: () => {
      tellDone(`${account.name} may not act in ${name} any more`);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Withdraw ${name}?`}
      confirm="Withdraw"
      isBusy={withdraw.isPending}
      error={withdraw.error}
      onConfirm={() => withdraw.mutate({ params: { path: { id: account.id, orgId } } })}
      onClose={onClose}
    >
      The tokens of {account.name} are refused in <strong>{name}</strong> at once, and the permissions and
      roles that it was given there go.
    </ConfirmDialog>
  );
}
