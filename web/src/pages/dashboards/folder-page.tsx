import { PageFrame } from '../../parts/page-frame.tsx';

export function FolderPage() {
  return <PageFrame title="FolderPage">Being made.</PageFrame>;
}
