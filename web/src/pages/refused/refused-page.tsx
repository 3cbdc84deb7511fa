import { PageFrame } from '../../parts/page-frame.tsx';

export function RefusedPage() {
  return <PageFrame title="RefusedPage">Being made.</PageFrame>;
}
