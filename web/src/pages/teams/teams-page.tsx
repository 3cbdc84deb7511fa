import { PageFrame } from '../../parts/page-frame.tsx';

export function TeamsPage() {
  return <PageFrame title="TeamsPage">Being made.</PageFrame>;
}
