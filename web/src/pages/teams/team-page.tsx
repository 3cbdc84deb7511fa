import { PageFrame } from '../../parts/page-frame.tsx';

export function TeamPage() {
  return <PageFrame title="TeamPage">Being made.</PageFrame>;
}
