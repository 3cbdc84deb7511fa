import { PageFrame } from '../../parts/page-frame.tsx';

export function ServiceAccountsPage() {
  return <PageFrame title="ServiceAccountsPage">Being made.</PageFrame>;
}
