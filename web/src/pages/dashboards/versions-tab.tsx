import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Answer, client } from '../../lib/api.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { ComparedVersions } from './compared-versions.tsx';
import { RestoreDialog } from './restore-dialog.tsx';

type Version = Answer<'/api/dashboards/uid/{uid}/versions', 'get'>[number];

interface Props {
  uid: string;
  newest: number;
}

const PER_PAGE = 20;

/** What a dashboard was: its versions, how two of them differ, and a way back to one. */
export function VersionsTab({ uid, newest }: Props) {
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const [isComparing, setIsComparing] = useState(false);
  const [restoring, setRestoring] = useState<number>();
  const versions = useInfiniteQuery({
    queryKey: ['versions', uid],
    queryFn: ({ pageParam }) => listVersions(uid, pageParam),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (last.length < PER_PAGE ? undefined : pages.length * PER_PAGE),
  });
  const [older, newer] = chosen.toSorted((one, other) => one - other);
  if (isComparing && older !== undefined && newer !== undefined) {
    return (
      <ComparedVersions
        uid={uid}
        older={older}
        newer={newer}
        newest={newest}
        onBack={() => setIsComparing(false)}
      />
    );
  }
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Button disabled={chosen.length !== 2} onClick={() => setIsComparing(true)}>
          Compare versions
        </Button>
        <Text size="sm" c="dimmed" aria-live="polite">
          {HINTS[chosen.length]}
        </Text>
      </Group>
      <DataTable
        label="versions"
        columns={columnsOf({ newest, chosen, onChoose: setChosen, onRestore: setRestoring })}
        rows={versions.data?.pages.flat()}
        keyOf={({ version }) => version}
        error={versions.error}
        onRetry={() => void versions.refetch()}
        empty="No versions are kept"
      />
      {versions.hasNextPage && (
        <Group>
          <Button
            variant="default"
            loading={versions.isFetchingNextPage}
            onClick={() => void versions.fetchNextPage()}
          >
            Show more versions
          </Button>
        </Group>
      )}
      {restoring !== undefined && (
        <RestoreDialog
          uid={uid}
          version={restoring}
          newest={newest}
          onClose={() => setRestoring(undefined)}
        />
      )}
    </Stack>
  );
}

const HINTS = ['Tick two versions to see how they differ', 'Tick another one', 'Two are ticked'];

async function listVersions(uid: string, start: number): Promise<Version[]> {
  const { data = [] } = await client.GET('/api/dashboards/uid/{uid}/versions', {
    params: { path: { uid }, query: { start, limit: PER_PAGE, withData: false } },
  });
  return data;
}

interface Choice {
  newest: number;
  chosen: readonly number[];
  onChoose(versions: readonly number[]): void;
  onRestore(version: number): void;
}

function columnsOf({ newest, chosen, onChoose, onRestore }: Choice): Column<Version>[] {
  return [
    {
      title: 'Compare',
      isTitleHidden: true,
      width: 40,
      render: ({ version }) => (
        <Checkbox
          size="xs"
          aria-label={`Compare version ${version}`}
          checked={chosen.includes(version)}
          disabled={chosen.length === 2 && !chosen.includes(version)}
          onChange={(event) =>
            onChoose(
              event.currentTarget.checked
                ? [...chosen, version]
                : chosen.filter((other) => other !== version),
            )
          }
        />
      ),
    },
    {
      title: 'Version',
      render: ({ version }) => (
        <Group gap="sm" wrap="nowrap">
          {version}
          {version === newest && <StateTag tone="accent">Latest</StateTag>}
        </Group>
      ),
    },
    { title: 'Saved', render: ({ created }) => <TimeText at={created} /> },
    { title: 'By', from: 'xs', render: ({ createdByLogin }) => createdByLogin },
    { title: 'Notes', from: 'sm', render: ({ message }) => message },
    {
      title: 'Restore',
      isTitleHidden: true,
      align: 'right',
      render: ({ version }) =>
        version !== newest && (
          <Button
            variant="default"
            size="compact-xs"
            aria-label={`Restore version ${version}`}
            onClick={() => onRestore(version)}
          >
            Restore
          </Button>
        ),
    },
  ];
}
