import { PageFrame } from '../../parts/page-frame.tsx';

export function RolesPage() {
  return <PageFrame title="RolesPage">Being made.</PageFrame>;
}
