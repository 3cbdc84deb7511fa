import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type Answer, api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { queryClient } from '../../lib/query-client.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';

type Folder = Answer<'/api/folders/{uid}', 'get'>;

/** Gives a folder another name; its address stays. */
export function RenameFolder({ folder, onClose }: { folder: Folder; onClose(): void }) {
  const { uid, version } = folder;
  const form = useForm({
    initialValues: { title: folder.title },
    validate: { title: (title) => (title.trim() === '' ? 'Give the folder a name' : null) },
  });
  const rename = api.useMutation('put', '/api/folders/{uid}', {
    onSuccess: ({ title }) => {
      tellDone(`The folder is now called ${title}`);
      onClose();
    },
    // Where somebody else was faster, the next try starts from what they made.
    onError: () => void queryClient.invalidateQueries(),
  });
  return (
    <FormDialog
      title="Rename folder"
      submit="Rename"
      isDirty={form.isDirty()}
      isBusy={rename.isPending}
      error={rename.error}
      onSubmit={form.onSubmit(({ title }) =>
        rename.mutate({ params: { path: { uid } }, body: { title, version } }),
      )}
      onClose={onClose}
    >
      <TextInput label="Folder name" required data-autofocus {...form.getInputProps('title')} />
    </FormDialog>
  );
}
