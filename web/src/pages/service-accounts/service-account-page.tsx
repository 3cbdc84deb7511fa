import { PageFrame } from '../../parts/page-frame.tsx';

export function ServiceAccountPage() {
  return <PageFrame title="ServiceAccountPage">Being made.</PageFrame>;
}
