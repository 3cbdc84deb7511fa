import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type DashboardText, dashboardQuery } from '../../lib/dashboard-text.ts';
import { useMay } from '../../lib/session.ts';
import { AddressTabs } from '../../parts/address-tabs.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { PermissionEditor } from '../../parts/permissions/permission-editor.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { DashboardActions } from './dashboard-actions.tsx';
import { JsonTab } from './json-tab.tsx';
import { LayoutTab } from './layout/layout-tab.tsx';
import { PublicLinkTab } from './public-link-tab.tsx';
import { StarButton } from './star-button.tsx';
import { VersionsTab } from './versions-tab.tsx';

/** One dashboard: what is on it, its JSON, what it was, who may do what with it. */
export function DashboardPage() {
  const { uid = '' } = useParams({ strict: false });
  const dashboard = useQuery(dashboardQuery(uid));
  return (
    <Loaded asked={dashboard} title="Dashboard">
      {(found) => <Shown key={uid} uid={uid} dashboard={found} />}
    </Loaded>
  );
}

interface Props {
  uid: string;
  dashboard: DashboardText;
}

function Shown({ uid, dashboard }: Props) {
  const { meta, text } = dashboard;
  const json = JSON.parse(text) as Record<string, unknown>;
  const title = typeof json['title'] === 'string' ? json['title'] : uid;
  const tags = Array.isArray(json['tags']) ? json['tags'].filter((tag) => typeof tag === 'string') : [];
  return (
    <PageFrame
      title={title}
      above={[
        { title: 'Dashboards', to: '/dashboards' },
        ...(meta.folderUid === ''
          ? []
          : [{ title: meta.folderTitle, to: `/dashboards/f/${meta.folderUid}` }]),
      ]}
      tags={
        <>
          {meta.canStar && <StarButton uid={uid} title={title} isStarred={meta.isStarred ?? false} />}
          {tags.map((tag) => (
            <StateTag key={tag} tone="quiet">
              {tag}
            </StateTag>
          ))}
          {meta.publicDashboardEnabled && <StateTag tone="warning">Public</StateTag>}
        </>
      }
      about={
        <>
          Version {meta.version}, saved <TimeText at={meta.updated} /> by {meta.updatedBy}
        </>
      }
      actions={<DashboardActions uid={uid} title={title} dashboard={dashboard} />}
    >
      <Tabs uid={uid} dashboard={dashboard} json={json} />
    </PageFrame>
  );
}

function Tabs({ uid, dashboard, json }: Props & { json: unknown }) {
  const may = useMay();
  const { meta } = dashboard;
  const seesPermissions = meta.canAdmin || may('dashboards.permissions:read');
  const mayPublish = may('dashboards.public:write');
  const tabs = [
    { value: 'layout', title: 'Layout', content: <LayoutTab dashboard={json} /> },
    { value: 'json', title: 'JSON', content: <JsonTab uid={uid} dashboard={dashboard} /> },
    // Who may only read a dashboard does not see what it was.
    meta.canSave && {
      value: 'versions',
      title: 'Versions',
      content: <VersionsTab uid={uid} newest={meta.version} />,
    },
    seesPermissions && {
      value: 'permissions',
      title: 'Permissions',
      content: <PermissionEditor resource="dashboards" id={uid} canChange={meta.canAdmin} />,
    },
    (mayPublish || meta.hasPublicDashboard) && {
      value: 'public',
      title: 'Public link',
      content: <PublicLinkTab uid={uid} mayChange={mayPublish} isPublic={meta.hasPublicDashboard} />,
    },
  ];
  return <AddressTabs tabs={tabs.filter((tab) => tab !== false)} />;
}
