import { PageFrame } from '../../parts/page-frame.tsx';

export function SettingsPage() {
  return <PageFrame title="SettingsPage">Being made.</PageFrame>;
}
