import { PageFrame } from '../../parts/page-frame.tsx';

export function DataSourcesPage() {
  return <PageFrame title="DataSourcesPage">Being made.</PageFrame>;
}
