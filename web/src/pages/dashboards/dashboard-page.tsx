import { PageFrame } from '../../parts/page-frame.tsx';

export function DashboardPage() {
  return <PageFrame title="DashboardPage">Being made.</PageFrame>;
}
