import { PageFrame } from '../../parts/page-frame.tsx';

export function ProfilePage() {
  return <PageFrame title="ProfilePage">Being made.</PageFrame>;
}
