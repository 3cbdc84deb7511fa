import { PageFrame } from '../../parts/page-frame.tsx';

export function ServerUserPage() {
  return <PageFrame title="ServerUserPage">Being made.</PageFrame>;
}
