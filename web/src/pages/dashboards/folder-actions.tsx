import { Button, Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import type { Answer } from '../../lib/api.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { MoveDialog } from './move-dialog.tsx';
import { RenameFolder } from './rename-folder.tsx';

type Folder = Answer<'/api/folders/{uid}', 'get'>;

/** What can be done to a folder as a whole. */
export function FolderActions({ folder }: { folder: Folder }) {
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<'rename' | 'move' | 'delete'>();
  const close = (): void => setDialog(undefined);
  const things = [{ type: 'dash-folder', uid: folder.uid, title: folder.title }];
  const leave = async (): Promise<void> => {
    const { parentUid } = folder;
    if (parentUid === '') await navigate({ to: '/dashboards' });
    else await navigate({ to: '/dashboards/f/$uid', params: { uid: parentUid } });
  };
  if (!folder.canSave && !folder.canDelete) return null;
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button variant="default" rightSection={<ChevronDown size={14} aria-hidden />}>
            Folder actions
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {folder.canSave && <Menu.Item onClick={() => setDialog('rename')}>Rename</Menu.Item>}
          {folder.canSave && <Menu.Item onClick={() => setDialog('move')}>Move</Menu.Item>}
          {folder.canDelete && (
            <Menu.Item c="var(--page-bad)" onClick={() => setDialog('delete')}>
              Delete
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {dialog === 'rename' && <RenameFolder folder={folder} onClose={close} />}
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
