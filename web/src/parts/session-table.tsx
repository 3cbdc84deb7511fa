import { Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../lib/api.ts';
import { tellDone } from '../lib/notify.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { type Column, DataTable } from './data-table.tsx';
import { RowButton } from './row-button.tsx';
import { StateTag } from './state-tag.tsx';
import { TimeText } from './time-text.tsx';

type Session = Answer<'/api/user/auth-tokens', 'get'>[number];

interface Props {
  /** What was asked of the server. */
  asked: { data: Session[] | undefined; error: unknown; refetch(): unknown };
  /** Left out where they are only shown. */
  end?: ((id: number) => Promise<unknown>) | undefined;
}

const UNKNOWN = 'Other';

/** Where somebody is signed in, and an end to each session but the one that asks. */
export function SessionTable({ asked, end }: Props) {
  const [ending, setEnding] = useState<Session>();
  const columns: Column<Session>[] = [
    {
      title: 'Browser',
      render: (session) => (
        <>
          {nameOf(session)} {session.isActive && <StateTag tone="accent">This session</StateTag>}
        </>
      ),
    },
    { title: 'Address', render: ({ clientIp }) => clientIp },
    { title: 'Created', render: ({ createdAt }) => <TimeText at={createdAt} /> },
    { title: 'Last seen', render: ({ seenAt }) => <TimeText at={seenAt} /> },
  ];
  if (end !== undefined) {
    columns.push({
      title: 'End',
      isTitleHidden: true,
      align: 'right',
      width: 120,
      render: (session) =>
        !session.isActive && (
          <RowButton
            title="End session"
            of={`in ${nameOf(session)} at ${session.clientIp}`}
            isDangerous
            onClick={() => setEnding(session)}
          />
        ),
    });
  }
  return (
    <>
      <DataTable
        label="open sessions"
        columns={columns}
        rows={asked.data}
        keyOf={({ id }) => id}
        error={asked.error}
        onRetry={() => void asked.refetch()}
        empty="No open session"
      />
      {ending !== undefined && end !== undefined && (
        <EndSession session={ending} end={end} onClose={() => setEnding(undefined)} />
      )}
    </>
  );
}

interface EndProps {
  session: Session;
  end: NonNullable<Props['end']>;
  onClose(): void;
}

function EndSession({ session, end, onClose }: EndProps) {
  const ending = useMutation({
    mutationFn: () => end(session.id),
    onSuccess: () => {
      tellDone('The session was ended');
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title="End this session?"
      confirm="End session"
      isBusy={ending.isPending}
      error={ending.error}
      onConfirm={() => ending.mutate()}
      onClose={onClose}
    >
      {nameOf(session)} at {session.clientIp} is signed out at once.
      <Text size="sm" c="dimmed" mt="sm">
        Whoever knows the password can sign in again: a new password ends all sessions and keeps them out.
      </Text>
    </ConfirmDialog>
  );
}

function nameOf({ browser, browserVersion, os }: Session): string {
  if (browser === UNKNOWN && os === UNKNOWN) return 'Unknown browser';
  const [version = ''] = browserVersion.split('.');
  const name = browser === UNKNOWN ? 'Unknown browser' : `${browser} ${version}`.trim();
  return os === UNKNOWN ? name : `${name} on ${os}`;
}
