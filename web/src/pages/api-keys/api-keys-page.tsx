import { PageFrame } from '../../parts/page-frame.tsx';

export function ApiKeysPage() {
  return <PageFrame title="ApiKeysPage">Being made.</PageFrame>;
}
