import { PageFrame } from '../../parts/page-frame.tsx';

export function OrgUsersPage() {
  return <PageFrame title="OrgUsersPage">Being made.</PageFrame>;
}
