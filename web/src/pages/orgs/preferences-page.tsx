import { PageFrame } from '../../parts/page-frame.tsx';

export function PreferencesPage() {
  return <PageFrame title="PreferencesPage">Being made.</PageFrame>;
}
