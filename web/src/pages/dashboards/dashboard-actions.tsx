import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { DashboardText } from '../../lib/dashboard-text.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { downloadJson } from './download.ts';
import { MoveDialog } from './move-dialog.tsx';

interface Props {
  uid: string;
  title: string;
  dashboard: DashboardText;
}

/** What can be done to a dashboard as a whole. */
export function DashboardActions({ uid, title, dashboard: { meta, text } }: Props) {
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<'move' | 'delete'>();
  const close = (): void => setDialog(undefined);
  const things = [{ type: 'dash-db', uid, title }];
  const leave = async (): Promise<void> => {
    if (meta.folderUid === '') await navigate({ to: '/dashboards' });
    else await navigate({ to: '/dashboards/f/$uid', params: { uid: meta.folderUid } });
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<Download size={14} aria-hidden />}
        onClick={() => downloadJson(`${meta.slug}.json`, text)}
      >
        Download JSON
      </Button>
      {meta.canSave && (
        <Button variant="default" onClick={() => setDialog('move')}>
          Move
        </Button>
      )}
      {meta.canDelete && (
        <Button color="red" variant="outline" onClick={() => setDialog('delete')}>
          Delete
        </Button>
      )}
      {dialog === 'move' && <MoveDialog things={things} onClose={close} />}
      {dialog === 'delete' && (
        <DeleteDialog
          things={things}
          leavesPage
          onDeleted={(left) => void (left.length === 0 && leave())}
          onClose={close}
        />
      )}
    </>
  );
}
