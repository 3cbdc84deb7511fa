import { Button, Group, Skeleton, Stack, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { readVersion } from '../../lib/dashboard-text.ts';
import { JsonDiff } from '../../parts/json-diff.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { RestoreDialog } from './restore-dialog.tsx';

interface Props {
  uid: string;
  older: number;
  newer: number;
  newest: number;
  onBack(): void;
}

/** How two versions of a dashboard differ, and a way back to the older one. */
export function ComparedVersions({ uid, older, newer, newest, onBack }: Props) {
  const [isRestoring, restoring] = useDisclosure(false);
  const texts = useQuery({
    queryKey: ['versions', uid, older, newer],
    queryFn: () => Promise.all([readVersion(uid, older), readVersion(uid, newer)]),
  });
  const [before, after] = texts.data ?? [];
  return (
    <Stack gap="sm">
      <Group gap="sm" justify="space-between">
        <Title order={2}>
          Version {older} compared with version {newer}
        </Title>
        <Group gap="sm">
          <Button variant="default" leftSection={<ArrowLeft size={14} aria-hidden />} onClick={onBack}>
            Back to the versions
          </Button>
          <Button onClick={restoring.open}>Restore version {older}</Button>
        </Group>
      </Group>
      <ProblemAlert error={texts.error} onRetry={() => void texts.refetch()} />
      {texts.isPending && <Skeleton height="60vh" />}
      {before !== undefined && after !== undefined && (
        <JsonDiff
          before={{ label: `Version ${older}`, text: before }}
          after={{ label: `Version ${newer}`, text: after }}
          height="60vh"
        />
      )}
      {isRestoring && (
        <RestoreDialog
          uid={uid}
          version={older}
          newest={newest}
          onRestored={onBack}
          onClose={restoring.close}
        />
      )}
    </Stack>
  );
}
