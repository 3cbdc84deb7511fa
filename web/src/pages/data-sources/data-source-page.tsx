import { Button, Skeleton, Tabs } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useParams } from '@tanstack/react-router';
import { api } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { useMay } from '../../lib/session.ts';
import { PageFrame } from '../../parts/page-frame.tsx';
import { PageProblem } from '../../parts/page-problem.tsx';
import { PermissionEditor } from '../../parts/permissions/permission-editor.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { DeleteSource } from './delete-source.tsx';
import { EditSource } from './edit-source.tsx';
import type { DataSource } from './source-values.ts';

/** One data source: its settings, and who may do what with it. */
export function DataSourcePage() {
  const { uid = '' } = useParams({ strict: false });
  const source = api.useQuery('get', '/api/datasources/uid/{uid}', { params: { path: { uid } } });
  if (source.error !== null) return <PageProblem error={source.error} reset={() => void source.refetch()} />;
  if (source.data === undefined) {
    return (
      <PageFrame title="Data source" above={ABOVE}>
        <Skeleton height="28rem" maw="52rem" />
      </PageFrame>
    );
  }
  return <Shown key={uid} source={source.data} />;
}

const ABOVE = [{ title: 'Data sources', to: '/datasources' }];

function Shown({ source }: { source: DataSource }) {
  const may = useMay();
  const { search, onChange } = useListAddress();
  const [isDeleting, deleting] = useDisclosure(false);
  const seesPermissions = may('datasources.permissions:read');
  const mayDelete = may('datasources:delete') && !source.readOnly;
  return (
    <PageFrame
      title={source.name}
      above={ABOVE}
      tags={
        <>
          {source.isDefault && <StateTag tone="accent">Default</StateTag>}
          {source.readOnly && <StateTag tone="quiet">Read only</StateTag>}
        </>
      }
      actions={
        mayDelete && (
          <Button color="red" variant="outline" onClick={deleting.open}>
            Delete
          </Button>
        )
      }
    >
      <Tabs value={search.tab ?? 'settings'} onChange={(tab) => onChange({ tab: tab ?? 'settings' })}>
        <Tabs.List>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
          {seesPermissions && <Tabs.Tab value="permissions">Permissions</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="settings" pt="md">
          <EditSource source={source} />
        </Tabs.Panel>
        <Tabs.Panel value="permissions" pt="md">
          <PermissionEditor
            resource="datasources"
            id={source.uid}
            canChange={may('datasources.permissions:write')}
          />
        </Tabs.Panel>
      </Tabs>
      {isDeleting && <DeleteSource source={source} onClose={deleting.close} />}
    </PageFrame>
  );
}
