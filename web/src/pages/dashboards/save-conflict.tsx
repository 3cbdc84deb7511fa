import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { dashboardQuery } from '../../lib/dashboard-text.ts';
import { JsonDiff } from '../../parts/json-diff.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { TimeText } from '../../parts/time-text.tsx';

interface Props {
  uid: string;
  mine: string;
  isBusy: boolean;
  onOverwrite(): void;
  onDiscard(): void;
}

/** Somebody else saved meanwhile: who, what differs, and which of the two is to stay. */
export function SaveConflict({ uid, mine, isBusy, onOverwrite, onDiscard }: Props) {
  const [isCompared, setIsCompared] = useState(false);
  const theirs = useQuery({ ...dashboardQuery(uid), staleTime: 0 });
  if (theirs.error !== null)
    return <ProblemAlert error={theirs.error} onRetry={() => void theirs.refetch()} />;
  // What was known before is no news.
  if (theirs.data === undefined || !theirs.isFetchedAfterMount) return <Skeleton height="8rem" />;
  const { meta, text } = theirs.data;
  return (
    <Stack gap="sm">
      <Alert
        color="yellow"
        variant="light"
        role="alert"
        title="Somebody else saved this dashboard while you worked on it"
      >
        <Stack gap="sm">
          <Text size="sm">
            {meta.updatedBy} saved version {meta.version} <TimeText at={meta.updated} />. What you typed is
            still here, and not saved. Take theirs over yours, or save yours as the next version; theirs is
            kept in the list of versions.
          </Text>
          <Group gap="sm">
            <Button variant="default" onClick={() => setIsCompared(!isCompared)} aria-expanded={isCompared}>
              {isCompared ? 'Hide the difference' : 'Show the difference'}
            </Button>
            <Button variant="default" onClick={onDiscard}>
              Reload theirs and discard mine
            </Button>
            <Button color="red" loading={isBusy} onClick={onOverwrite}>
              Overwrite with mine
            </Button>
          </Group>
        </Stack>
      </Alert>
      {isCompared && (
        <JsonDiff
          before={{ label: `Version ${meta.version}, theirs`, text }}
          after={{ label: 'Mine', text: mine }}
        />
      )}
    </Stack>
  );
}
