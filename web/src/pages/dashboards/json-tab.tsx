import { Alert, Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ApiFailure } from '../../../../client/failures.ts';
import {
  asNextVersion,
  basedOn,
  type DashboardText,
  dashboardQuery,
  saveDashboard,
} from '../../lib/dashboard-text.ts';
import { jsonProblem } from '../../lib/json-problem.ts';
import { tellDone } from '../../lib/notify.ts';
import { queryClient } from '../../lib/query-client.ts';
import { CopyTextButton } from '../../parts/copy-button.tsx';
import { JsonEditor } from '../../parts/json-editor.tsx';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { SaveConflict } from './save-conflict.tsx';

interface Props {
  uid: string;
  dashboard: DashboardText;
}

const LONGEST_MESSAGE = 500;

/** The JSON of a dashboard, to read, and to change where one may. What was typed stays until it is saved or thrown away. */
export function JsonTab({ uid, dashboard }: Props) {
  const { meta, text: saved } = dashboard;
  // With the version that it began from: what is shown beside it may be asked for again, and be another's by then.
  const [draft, setDraft] = useState<{ text: string; begunFrom: string }>();
  const [message, setMessage] = useState('');
  const [fault, setFault] = useState<string>();
  const { text, begunFrom } = draft ?? { text: saved, begunFrom: saved };
  const isDirty = text !== saved;
  const save = useMutation({
    mutationFn: async ({ sent, overwrites }: { sent: string; overwrites: boolean }) => {
      const answer = await saveDashboard({
        text: overwrites ? await asNextVersion(uid, sent) : sent,
        message,
      });
      // What the server made of it takes the place of what was typed, and nothing else is shown in between.
      await queryClient.fetchQuery({ ...dashboardQuery(uid), staleTime: 0 });
      return answer;
    },
    onSuccess: ({ version }) => {
      tellDone(`Saved as version ${version}`);
      setDraft(undefined);
      setMessage('');
    },
  });
  const trySave = (overwrites: boolean): void => {
    const problem = faultIn(text, uid);
    setFault(problem);
    if (problem === undefined) save.mutate({ sent: basedOn(begunFrom, text), overwrites });
  };
  const change = (next: string): void => {
    setDraft({ text: next, begunFrom });
    setFault(undefined);
  };
  const discard = (): void => {
    setDraft(undefined);
    setFault(undefined);
    save.reset();
  };

  if (!meta.canSave) {
    return (
      <Stack gap="sm">
        <Group>
          <CopyTextButton text={saved} label="Copy the JSON" />
        </Group>
        <JsonEditor label="JSON of the dashboard" value={saved} readOnly height="52vh" />
      </Stack>
    );
  }
  return (
    <Stack gap="sm">
      <LeaveGuard isDirty={isDirty} />
      <JsonEditor label="JSON of the dashboard" value={text} onChange={change} height="52vh" />
      {fault !== undefined && (
        <Alert color="red" variant="light" role="alert" title="This was not sent">
          {fault}
        </Alert>
      )}
      <Refusal error={save.error}>
        <SaveConflict
          uid={uid}
          mine={text}
          isBusy={save.isPending}
          onOverwrite={() => trySave(true)}
          onDiscard={discard}
        />
      </Refusal>
      <Group align="flex-end" gap="sm">
        <TextInput
          label="What did you change?"
          description="Shown in the list of versions; may be left empty"
          maxLength={LONGEST_MESSAGE}
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
          flex="1 1 18rem"
        />
        {isDirty && (
          <Button variant="default" onClick={discard}>
            Discard changes
          </Button>
        )}
        <Button disabled={!isDirty} loading={save.isPending} onClick={() => trySave(false)}>
          Save changes
        </Button>
      </Group>
    </Stack>
  );
}

/** What the server said; its words on a conflict are for those who call it, and people get their own. */
function Refusal({ error, children }: { error: unknown; children: ReactNode }) {
  const which = error instanceof ApiFailure ? error.messageId : undefined;
  if (which === 'dashboards.version-mismatch') return children;
  if (which !== 'dashboards.name-exists') return <ProblemAlert error={error} />;
  return (
    <Alert color="red" variant="light" role="alert" title="The folder has another dashboard with this title">
      Choose another title in the JSON. What you typed is still here.
    </Alert>
  );
}

/** Why a text is not to be sent as this dashboard; undefined where it may be. */
function faultIn(text: string, uid: string): string | undefined {
  const problem = jsonProblem(text);
  if (problem !== undefined) return `Line ${problem.line}, column ${problem.column}: ${problem.message}`;
  const json: unknown = JSON.parse(text);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return 'The JSON of a dashboard is an object: it begins with { and ends with }.';
  }
  if ('uid' in json && json.uid === uid) return undefined;
  return `Its uid has to stay "${uid}". To make another dashboard of it, copy it, and paste it at New dashboard.`;
}
