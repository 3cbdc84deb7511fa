import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ApiFailure } from '../../../../client/failures.ts';
import { dashboardQuery } from '../../lib/dashboard-text.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import type { How } from './save-new.ts';

interface Props {
  error: unknown;
  uid: string;
  title: string;
  folder: string;
  onSave(how: How): void;
}

/** Why a new dashboard was not saved, and where another one is in its place, what can be done about that. */
export function NewConflict({ error, uid, title, folder, onSave }: Props) {
  const which = error instanceof ApiFailure ? error.messageId : undefined;
  if (which === 'dashboards.version-mismatch') return <UidTaken uid={uid} onSave={onSave} />;
  if (which !== 'dashboards.name-exists') return <ProblemAlert error={error} />;
  return (
    <Alert
      color="yellow"
      variant="light"
      role="alert"
      title={`${folder} has a dashboard called ${title} already`}
    >
      <Stack gap="sm">
        <Text size="sm">
          Choose another name or another folder. Or replace that one: this becomes its next version, and what
          it was stays in its list of versions.
        </Text>
        <Group>
          <Button color="red" onClick={() => onSave('overwrite')}>
            Replace it
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

function UidTaken({ uid, onSave }: Pick<Props, 'uid' | 'onSave'>) {
  const other = useQuery(dashboardQuery(uid));
  const title = other.data && (JSON.parse(other.data.text) as { title?: string }).title;
  return (
    <Alert color="yellow" variant="light" role="alert" title={`The uid ${uid} is taken`}>
      <Stack gap="sm">
        <Text size="sm">
          The dashboard{' '}
          <TextLink to="/d/$uid" params={{ uid }}>
            {title ?? uid}
          </TextLink>{' '}
          in {other.data?.meta.folderTitle ?? 'another folder'} has it, perhaps because this JSON was taken
          from there. Save a second dashboard, which gets a uid of its own; or make this the next version of
          that one, which moves to the folder above if it lies elsewhere.
        </Text>
        <Group gap="sm">
          <Button variant="default" onClick={() => onSave('copy')}>
            Save as a second dashboard
          </Button>
          <Button color="red" onClick={() => onSave('next version')}>
            Make it the next version
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
