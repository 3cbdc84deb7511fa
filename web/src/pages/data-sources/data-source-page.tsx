import { PageFrame } from '../../parts/page-frame.tsx';

export function DataSourcePage() {
  return <PageFrame title="DataSourcePage">Being made.</PageFrame>;
}

export function NewDataSourcePage() {
  return <PageFrame title="New data source">Being made.</PageFrame>;
}
