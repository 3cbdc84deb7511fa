import { useState } from 'react';
import { api } from '../../lib/api.ts';
import { type FolderChoice, GENERAL } from '../../parts/folder-picker.tsx';

/** The folder that something new is to lie in: the one that the address names, until another is chosen. */
export function usePlace(folderUid: string) {
  const named = api.useQuery(
    'get',
    '/api/folders/{uid}',
    { params: { path: { uid: folderUid } } },
    { enabled: folderUid !== '' },
  );
  const [chosen, setChosen] = useState<{ folder: FolderChoice | undefined }>();
  const first = folderUid === '' ? GENERAL : named.data;
  return {
    folder: chosen === undefined ? first : chosen.folder,
    choose: (folder: FolderChoice | undefined) => setChosen({ folder }),
  };
}
