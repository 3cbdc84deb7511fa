import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Navigate, useParams } from '@tanstack/react-router';
import { type Answer, api } from '../../lib/api.ts';
import { useMay } from '../../lib/session.ts';
import { AddressTabs } from '../../parts/address-tabs.tsx';
import { ButtonLink } from '../../parts/button-link.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { PermissionEditor } from '../../parts/permissions/permission-editor.tsx';
import { Contents } from './contents.tsx';
import { FolderActions } from './folder-actions.tsx';
import { NewFolder } from './new-folder.tsx';

type Folder = Answer<'/api/folders/{uid}', 'get'>;

/** One folder: what is in it, and who may do what with it. */
export function FolderPage() {
  const { uid = '' } = useParams({ strict: false });
  // Grafana: what lies in no folder has an address of its own.
  if (uid === 'general') return <Navigate to="/dashboards" replace />;
  return <Asked key={uid} uid={uid} />;
}

function Asked({ uid }: { uid: string }) {
  const folder = api.useQuery('get', '/api/folders/{uid}', { params: { path: { uid } } });
  return (
    <Loaded asked={folder} title="Folder">
      {(found) => <Shown folder={found} />}
    </Loaded>
  );
}

function Shown({ folder }: { folder: Folder }) {
  const { uid, title, parents, canSave } = folder;
  const may = useMay();
  const [isAdding, adding] = useDisclosure(false);
  const seesPermissions = folder.canAdmin || may('folders.permissions:read');
  const newDashboard = canSave && (
    <ButtonLink to="/dashboards/new" search={{ folderUid: uid }}>
      New dashboard
    </ButtonLink>
  );
  const empty = (
    <EmptyState
      title="Nothing in this folder yet"
      advice={
        canSave ? 'Make a dashboard here, or move some here from the list of all dashboards.' : undefined
      }
      action={newDashboard}
    />
  );
  return (
    <PageFrame
      title={title}
      above={[
        { title: 'Dashboards', to: '/dashboards' },
        ...parents.map((parent) => ({ title: parent.title, to: `/dashboards/f/${parent.uid}` })),
      ]}
      actions={
        <>
          <FolderActions folder={folder} />
          {canSave && (
            <Button variant="default" onClick={adding.open}>
              New folder
            </Button>
          )}
          {newDashboard}
        </>
      }
    >
      <AddressTabs
        tabs={[
          { value: 'contents', title: 'Dashboards', content: <Contents folderUid={uid} empty={empty} /> },
          ...(seesPermissions
            ? [
                {
                  value: 'permissions',
                  title: 'Permissions',
                  content: <PermissionEditor resource="folders" id={uid} canChange={folder.canAdmin} />,
                },
              ]
            : []),
        ]}
      />
      {isAdding && <NewFolder within={{ uid, title }} onClose={adding.close} />}
    </PageFrame>
  );
}
