import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useParams } from '@tanstack/react-router';
import { api } from '../../lib/api.ts';
import { useMay } from '../../lib/session.ts';
import { AddressTabs } from '../../parts/address-tabs.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { PermissionEditor } from '../../parts/permissions/permission-editor.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { DeleteSource } from './delete-source.tsx';
import { EditSource } from './edit-source.tsx';
import type { DataSource } from './source-values.ts';

/** One data source: its settings, and who may do what with it. */
export function DataSourcePage() {
  const { uid = '' } = useParams({ strict: false });
  const source = api.useQuery('get', '/api/datasources/uid/{uid}', { params: { path: { uid } } });
  return (
    <Loaded asked={source} title="Data source">
      {(found) => <Shown key={uid} source={found} />}
    </Loaded>
  );
}

const ABOVE = [{ title: 'Data sources', to: '/datasources' }];

function Shown({ source }: { source: DataSource }) {
  const may = useMay();
  const [isDeleting, deleting] = useDisclosure(false);
  const mayDelete = may('datasources:delete') && !source.readOnly;
  const content = (
    <PermissionEditor
      resource="datasources"
      id={source.uid}
      canChange={may('datasources.permissions:write')}
    />
  );
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
      <AddressTabs
        tabs={[
          { value: 'settings', title: 'Settings', content: <EditSource source={source} /> },
          ...(may('datasources.permissions:read')
            ? [{ value: 'permissions', title: 'Permissions', content }]
            : []),
        ]}
      />
      {isDeleting && <DeleteSource source={source} onClose={deleting.close} />}
    </PageFrame>
  );
}
