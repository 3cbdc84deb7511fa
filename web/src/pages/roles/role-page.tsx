import { PageFrame } from '../../parts/page-frame.tsx';

export function RolePage() {
  return <PageFrame title="RolePage">Being made.</PageFrame>;
}
