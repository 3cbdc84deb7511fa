import { Button, Group, Paper, Stack, TextInput } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useSession } from '../../lib/session.ts';
import { AskerField, type Asker, credentialOf } from './asker-field.tsx';
import { CallField } from './call-field.tsx';
import { requestOf } from './calls.ts';
import { Explained } from './explained.tsx';
import { useExplain } from './use-explain.ts';

/** A request put together of who asks and what, without any secret. */
export function ChosenRequest() {
  const { user } = useSession();
  const [asker, setAsker] = useState<Asker>({ kind: 'self' });
  const [line, setLine] = useState('');
  const [values, setValues] = useState<Record<string, string>>({});
  const [orgId, setOrgId] = useState('');
  const [wasSent, setWasSent] = useState(false);
  const explain = useExplain(useCallback(() => undefined, []));
  const credential = credentialOf(asker, user.id);
  const request = requestOf(line, values);
  const hasOrg = orgId.trim() !== '';
  const isOrg = !hasOrg || /^[1-9]\d{0,8}$/.test(orgId.trim());
  const send = (): void => {
    setWasSent(true);
    if (request === undefined || credential === undefined || !isOrg) return;
    explain.mutate({ body: { ...request, credential, ...(hasOrg && { orgId: Number(orgId) }) } });
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
          <AskerField
            asker={asker}
            onChange={setAsker}
            error={wasSent && credential === undefined ? 'Choose who asks' : undefined}
          />
          <CallField
            line={line}
            values={values}
            onLine={setLine}
            onValues={setValues}
            error={
              wasSent && request === undefined
                ? 'Write a method and a path, as GET /api/folders, and fill in what is in braces'
                : undefined
            }
          />
          <TextInput
            label="Organization"
            description="Its number, if the request names one by X-Grafana-Org-Id; otherwise leave it empty"
            inputMode="numeric"
            value={orgId}
            onChange={(event) => setOrgId(event.currentTarget.value)}
            error={isOrg ? undefined : 'An organization has a number, as 2'}
          />
          <Group>
            <Button type="submit" loading={explain.isPending}>
              Explain
            </Button>
          </Group>
        </Stack>
      </Paper>
      <Explained asked={explain} />
    </Stack>
  );
}
