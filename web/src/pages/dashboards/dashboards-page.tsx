import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMay } from '../../lib/session.ts';
import { ButtonLink } from '../../parts/button-link.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { GENERAL } from '../../parts/folder-picker.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { Contents } from './contents.tsx';
import { NewFolder } from './new-folder.tsx';

/** The folders and dashboards of the organization. */
export function DashboardsPage() {
  const may = useMay();
  const [isAdding, adding] = useDisclosure(false);
  const newDashboard = may('dashboards:create') && (
    <ButtonLink to="/dashboards/new">New dashboard</ButtonLink>
  );
  return (
    <PageFrame
      title="Dashboards"
      about="Folders and dashboards. A search looks in all folders."
      actions={
        <>
          {(may('folders:create') || may('folders:write')) && (
            <Button variant="default" onClick={adding.open}>
              New folder
            </Button>
          )}
          {newDashboard}
        </>
      }
    >
      <Contents
        folderUid=""
        empty={
          <EmptyState
            title="No dashboards yet"
            advice={
              newDashboard === false
                ? 'There is none that you may see. An Admin can give you the permission to see some.'
                : 'Paste or upload the JSON of one, or send it with POST /api/dashboards/db.'
            }
            action={newDashboard}
          />
        }
      />
      {isAdding && <NewFolder within={may('folders:create') ? GENERAL : undefined} onClose={adding.close} />}
    </PageFrame>
  );
}
