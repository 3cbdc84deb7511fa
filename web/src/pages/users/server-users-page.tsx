import { PageFrame } from '../../parts/page-frame.tsx';

export function ServerUsersPage() {
  return <PageFrame title="ServerUsersPage">Being made.</PageFrame>;
}
