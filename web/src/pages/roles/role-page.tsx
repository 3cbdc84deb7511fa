import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useParams } from '@tanstack/react-router';
import { api } from '../../lib/api.ts';
import { useMay, useSession } from '../../lib/session.ts';
import { AddressTabs } from '../../parts/address-tabs.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { roleName } from '../../parts/role-picker.tsx';
import { BasicRolePage } from './basic-role-page.tsx';
import { DeleteRole } from './delete-role.tsx';
import { EditRole } from './edit-role.tsx';
import { Holders } from './holders.tsx';
import { isFixed, type Role, RoleTags } from './role-tags.tsx';

const ABOVE = [{ title: 'Roles', to: '/admin/roles' }];

/** One role: what it gives, and who has it. */
export function RolePage() {
  const { uid = '' } = useParams({ strict: false });
  return uid.startsWith('basic_') ? (
    <BasicRolePage uid={uid} above={ABOVE} />
  ) : (
    <OtherRolePage key={uid} uid={uid} />
  );
}

function OtherRolePage({ uid }: { uid: string }) {
  const role = api.useQuery('get', '/api/access-control/roles/{uid}', { params: { path: { uid } } });
  return (
    <Loaded asked={role} title="Role">
      {(found) => <Shown role={found} />}
    </Loaded>
  );
}

function Shown({ role }: { role: Role }) {
  const may = useMay();
  const { user } = useSession();
  const [isDeleting, deleting] = useDisclosure(false);
  const isTheirs = !isFixed(role) && (!role.global || user.isGrafanaAdmin);
  return (
    <PageFrame
      title={roleName(role)}
      tags={<RoleTags role={role} />}
      above={ABOVE}
      about={role.description}
      actions={
        isTheirs &&
        may('roles:delete') && (
          <Button color="red" variant="outline" onClick={deleting.open}>
            Delete role
          </Button>
        )
      }
    >
      <AddressTabs
        tabs={[
          {
            value: 'permissions',
            title: 'Permissions',
            content: <EditRole role={role} mayChange={isTheirs && may('roles:write')} />,
          },
          { value: 'assignments', title: 'Assignments', content: <Holders role={role} /> },
        ]}
      />
      {isDeleting && <DeleteRole role={role} onClose={deleting.close} />}
    </PageFrame>
  );
}
