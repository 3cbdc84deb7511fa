import { PageFrame } from '../../parts/page-frame.tsx';

export function OrgsPage() {
  return <PageFrame title="OrgsPage">Being made.</PageFrame>;
}
