import { useMutation } from '@tanstack/react-query';
import { asNextVersion, importDashboard, withoutMember } from '../../lib/dashboard-text.ts';
import { tellDone } from '../../lib/notify.ts';
import type { FolderChoice } from '../../parts/folder-picker.tsx';
import type { NewDashboard } from './new-dashboard.ts';

/** What becomes of a dashboard that is there already under the same uid, or title. */
export type How = 'new' | 'copy' | 'next version' | 'overwrite';

interface Wanted {
  dashboard: NewDashboard;
  folder: FolderChoice;
  values: Record<string, string>;
  how: How;
}

/** Saves a new dashboard, with what was entered for what it left open. */
export function useSaveNew(onSaved: (uid: string) => Promise<void>) {
  return useMutation({
    meta: { leavesPage: true },
    mutationFn: async ({ dashboard, folder, values, how }: Wanted) => {
      const inputs = dashboard.inputs.map(({ name, type, value }) => ({
        name,
        type,
        value: values[name] || value,
      }));
      const text = await textFor(how, dashboard);
      return importDashboard({ text, folderUid: folder.uid, inputs, overwrite: how === 'overwrite' });
    },
    onSuccess: async ({ uid, title }) => {
      tellDone(`Dashboard ${title} was saved`);
      await onSaved(uid);
    },
  });
}

async function textFor(how: How, { text, uid }: NewDashboard): Promise<string> {
  if (how === 'copy') return withoutMember(text, 'uid');
  return how === 'next version' ? asNextVersion(uid, text) : text;
}
