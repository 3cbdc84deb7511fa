import { Button, FileButton, Group, Stack, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { withMember } from '../../lib/dashboard-text.ts';
import { useMay } from '../../lib/session.ts';
import { ButtonLink } from '../../parts/button-link.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FolderPicker } from '../../parts/folder-picker.tsx';
import { JsonEditor } from '../../parts/json-editor.tsx';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { InputFields } from './input-fields.tsx';
import { BLANK, readNew } from './new-dashboard.ts';
import { NewConflict } from './new-conflict.tsx';
import { usePlace } from './place.ts';
import { type How, useSaveNew } from './save-new.ts';

const ABOVE = [{ title: 'Dashboards', to: '/dashboards' }];

/** A dashboard from JSON that is typed, pasted or uploaded, and a place for it. */
export function NewDashboardPage() {
  const may = useMay();
  return (
    <PageFrame
      title="New dashboard"
      above={ABOVE}
      about="Paste the JSON of a dashboard, or upload it as a file: what was downloaded here, what the API answered, or an export of Grafana's."
    >
      {may('dashboards:create') ? (
        <NewForm />
      ) : (
        <EmptyState
          title="You may not make dashboards in this organization"
          advice="An Admin can give you the role Editor, or the permission to edit one of the folders."
        />
      )}
    </PageFrame>
  );
}

function NewForm() {
  const { folderUid = '' } = useSearch({ strict: false });
  const navigate = useNavigate();
  const place = usePlace(folderUid);
  const [text, setText] = useState(BLANK);
  const [values, setValues] = useState<Record<string, string>>({});
  const [isAsked, setIsAsked] = useState(false);
  const forget = useRef<() => void>(null);
  const found = readNew(text);
  const dashboard = typeof found === 'string' ? undefined : found;
  const { folder } = place;
  const missing = dashboard?.inputs.filter(({ name, value }) => !(values[name] || value)) ?? [];
  const save = useSaveNew((uid) => navigate({ to: '/d/$uid', params: { uid }, ignoreBlocker: true }));

  const submit = (how: How): void => {
    setIsAsked(true);
    if (dashboard === undefined || folder === undefined) return;
    if (dashboard.title.trim() === '' || missing.length > 0) return;
    save.mutate({ dashboard, folder, values, how });
  };
  const rename = (title: string): void => {
    if (dashboard !== undefined) setText(withMember(dashboard.text, 'title', title));
  };
  const take = async (file: File | null): Promise<void> => {
    if (file !== null) setText(await file.text());
    // The same file may have been mended meanwhile, and be chosen again.
    forget.current?.();
  };
  return (
    <Stack gap="md">
      <LeaveGuard isDirty={text !== BLANK} />
      <Group gap="sm">
        <FileButton accept="application/json,.json" resetRef={forget} onChange={(file) => void take(file)}>
          {(props) => (
            <Button variant="default" leftSection={<Upload size={14} aria-hidden />} {...props}>
              Upload dashboard JSON file
            </Button>
          )}
        </FileButton>
      </Group>
      <JsonEditor label="JSON of the dashboard" value={text} onChange={setText} height="20rem" />
      <Stack gap="md" maw="34rem">
        <TextInput
          label="Name"
          required
          description={
            dashboard === undefined ? 'Its title in the JSON, once that is valid' : 'Its title in the JSON'
          }
          value={dashboard?.title ?? ''}
          disabled={dashboard === undefined}
          onChange={(event) => rename(event.currentTarget.value)}
          error={isAsked && dashboard?.title.trim() === '' && 'Give the dashboard a name'}
        />
        <FolderPicker
          label="Folder"
          required
          value={folder}
          onChange={place.choose}
          withGeneral
          error={isAsked && folder === undefined && 'Choose a folder'}
        />
        <InputFields
          inputs={dashboard?.inputs ?? []}
          values={values}
          onChange={(name, value) => setValues({ ...values, [name]: value })}
          missing={isAsked ? missing.map(({ name }) => name) : []}
        />
      </Stack>
      <NewConflict
        error={save.error}
        uid={dashboard?.uid ?? ''}
        title={dashboard?.title ?? ''}
        folder={folder?.title ?? ''}
        onSave={submit}
      />
      <Group gap="sm">
        <Button loading={save.isPending} disabled={dashboard === undefined} onClick={() => submit('new')}>
          Save dashboard
        </Button>
        <ButtonLink to="/dashboards" variant="default">
          Cancel
        </ButtonLink>
      </Group>
    </Stack>
  );
}
