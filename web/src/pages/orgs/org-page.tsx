import { PageFrame } from '../../parts/page-frame.tsx';

export function OrgPage() {
  return <PageFrame title="OrgPage">Being made.</PageFrame>;
}
