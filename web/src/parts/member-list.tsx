import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ROLES, type Role } from '../../../client/shapes.ts';
import type { Answer } from '../lib/api.ts';
import { tellDone } from '../lib/notify.ts';
import { useSession } from '../lib/session.ts';
import { DataTable } from './data-table.tsx';
import { memberColumns } from './member-columns.tsx';
import { ChangeOwnRole, type Member, RemoveMember } from './member-dialogs.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { useRoleMeanings } from './role-meanings.tsx';

interface Props {
  org: { id: number; name: string };
  /** What was asked of the server: a page of the members. */
  asked: { data: Answer<'/api/org/users/search', 'get'> | undefined; error: unknown; refetch(): unknown };
  paging: { page: number; perPage: number; onPage(page: number): void };
  empty: ReactNode;
  /** Each is left out for who may not. */
  setRole?: ((userId: number, role: Role) => Promise<unknown>) | undefined;
  remove?: ((userId: number) => Promise<unknown>) | undefined;
  onRoles?: ((member: Member) => void) | undefined;
}

/** Who is in an organization, with a choice of each one's role in place. */
export function MemberList({ org, asked, paging, empty, setRole, remove, onRoles }: Props) {
  const { user } = useSession();
  const meanings = useRoleMeanings();
  const [removing, setRemoving] = useState<Member>();
  const [lowering, setLowering] = useState<{ member: Member; role: Role }>();
  const change = useMutation({
    mutationFn: async ({ member, role }: { member: Member; role: Role }) => setRole?.(member.userId, role),
    onSuccess: (_, { member, role }) => {
      tellDone(`${member.login} has the role ${role} now: may ${meanings[role]}`);
      setLowering(undefined);
    },
  });
  const choose = (member: Member, role: Role): void => {
    if (role === member.role) return;
    const isLower = ROLES.indexOf(role) < ROLES.indexOf(member.role);
    if (member.userId === user.id && isLower) {
      change.reset();
      setLowering({ member, role });
    } else change.mutate({ member, role });
  };
  return (
    <>
      {lowering === undefined && <ProblemAlert error={change.error} />}
      <DataTable
        label="users of the organization"
        columns={memberColumns({
          isBusy: change.isPending,
          onRole: setRole && choose,
          onRoles,
          onRemove: remove && setRemoving,
        })}
        rows={asked.data?.orgUsers}
        keyOf={({ userId }) => userId}
        error={asked.error}
        onRetry={() => void asked.refetch()}
        empty={empty}
        paging={{ ...paging, total: asked.data?.totalCount ?? 0 }}
      />
      {removing !== undefined && remove !== undefined && (
        <RemoveMember member={removing} org={org} remove={remove} onClose={() => setRemoving(undefined)} />
      )}
      {lowering !== undefined && (
        <ChangeOwnRole
          org={org}
          role={lowering.role}
          isBusy={change.isPending}
          error={change.error}
          onConfirm={() => change.mutate(lowering)}
          onClose={() => setLowering(undefined)}
        />
      )}
    </>
  );
}
