import { PageFrame } from '../../parts/page-frame.tsx';

export function ChangesPage() {
  return <PageFrame title="ChangesPage">Being made.</PageFrame>;
}
