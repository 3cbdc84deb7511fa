import { PageFrame } from '../../parts/page-frame.tsx';

export function HomePage() {
  return <PageFrame title="HomePage">Being made.</PageFrame>;
}
