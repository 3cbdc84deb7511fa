import { PageFrame } from '../../parts/page-frame.tsx';

export function DashboardsPage() {
  return <PageFrame title="DashboardsPage">Being made.</PageFrame>;
}
