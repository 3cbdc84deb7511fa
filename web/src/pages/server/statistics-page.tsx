import { PageFrame } from '../../parts/page-frame.tsx';

export function StatisticsPage() {
  return <PageFrame title="StatisticsPage">Being made.</PageFrame>;
}
