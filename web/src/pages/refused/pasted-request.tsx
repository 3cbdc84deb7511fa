import { Button, Group, Paper, Stack, Text, Textarea } from '@mantine/core';
import { LockKeyhole } from 'lucide-react';
import { useCallback, useState } from 'react';
import { readRequest } from '../../../../client/request-text.ts';
import { SERVER_URL } from '../../lib/api.ts';
import { Explained } from './explained.tsx';
import { useExplain } from './use-explain.ts';
import { WhatWasRead } from './what-was-read.tsx';

const ABOUT =
  'A curl command, a raw HTTP request, or a method and a path; with its credential, as it was sent.';
const EXAMPLE = `curl -H "Authorization: Bearer glsa_…" ${SERVER_URL}/api/folders

or

GET /api/folders
Authorization: Bearer glsa_…`;

/** A request as somebody has it at hand. What is pasted stays in this field and goes with it. */
export function PastedRequest() {
  const [text, setText] = useState('');
  const [wasSent, setWasSent] = useState(false);
  const explain = useExplain(useCallback(() => setText(''), []));
  const read = readRequest(text);
  const failure = 'failure' in read ? read.failure : undefined;
  const send = (): void => {
    setWasSent(true);
    if ('failure' in read) return;
    const { method, path, headers } = read;
    explain.mutate({ body: { method, path, headers } });
  };
  const clear = (): void => {
    setText('');
    setWasSent(false);
    explain.reset();
  };
  return (
    <Stack>
      <Paper
        component="form"
        noValidate
        maw="56rem"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Stack>
          {/* Without a name it is in no form that a browser sends or fills in again; and no helper is to read along. */}
          <Textarea
            label="The request"
            description={ABOUT}
            placeholder={EXAMPLE}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setWasSent(false);
            }}
            error={wasSent ? failure : undefined}
            minRows={6}
            maxRows={14}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            autoComplete="off"
            autoCorrect="off"
            autoCapitalize="none"
            spellCheck={false}
            data-1p-ignore
            data-lpignore="true"
            data-gramm="false"
          />
          <div aria-live="polite">{'failure' in read || <WhatWasRead request={read} />}</div>
          <Group gap="sm" wrap="nowrap" align="flex-start">
            <LockKeyhole size={16} aria-hidden style={{ flexShrink: 0 }} />
            <Text size="sm" c="dimmed">
              What you paste is sent to this server alone, looked at once, and kept nowhere: not in the
              address, not in this browser, not in the log, not in the database. It is gone when you leave
              this page.
            </Text>
          </Group>
          <Group>
            <Button type="submit" loading={explain.isPending}>
              Explain
            </Button>
            <Button variant="default" onClick={clear} disabled={text === ''}>
              Clear
            </Button>
          </Group>
        </Stack>
      </Paper>
      <Explained asked={explain} />
    </Stack>
  );
}
