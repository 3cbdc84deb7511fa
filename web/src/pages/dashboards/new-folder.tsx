import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { useMay } from '../../lib/session.ts';
import { type FolderChoice, FolderPicker } from '../../parts/folder-picker.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';

/** Makes a folder, within the one that one is looking at where it is no other. */
export function NewFolder({ within, onClose }: { within: FolderChoice | undefined; onClose(): void }) {
  const may = useMay();
  const navigate = useNavigate();
  const form = useForm<{ title: string; parent: FolderChoice | undefined }>({
    initialValues: { title: '', parent: within },
    validate: {
      title: (title) => (title.trim() === '' ? 'Give the folder a name' : null),
      parent: (parent) => (parent === undefined ? 'Choose where it is to be' : null),
    },
  });
  const create = api.useMutation('post', '/api/folders', {
    meta: { leavesPage: true },
    onSuccess: async ({ uid, title }) => {
      tellDone(`Folder ${title} was created`);
      onClose();
      await navigate({ to: '/dashboards/f/$uid', params: { uid } });
    },
  });
  return (
    <FormDialog
      title="New folder"
      submit="Create"
      isDirty={form.isDirty()}
      isBusy={create.isPending}
      error={create.error}
      onSubmit={form.onSubmit(({ title, parent }) =>
        create.mutate({ body: { title, parentUid: parent?.uid ?? '' } }),
      )}
      onClose={onClose}
    >
      <TextInput label="Folder name" required data-autofocus {...form.getInputProps('title')} />
      <FolderPicker
        label="In the folder"
        required
        withGeneral={may('folders:create')}
        value={form.values.parent}
        onChange={(parent) => form.setFieldValue('parent', parent)}
        error={form.errors['parent']}
      />
    </FormDialog>
  );
}
