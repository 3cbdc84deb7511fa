import { PageFrame } from '../../parts/page-frame.tsx';

export function NewDashboardPage() {
  return <PageFrame title="NewDashboardPage">Being made.</PageFrame>;
}
