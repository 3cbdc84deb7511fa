import { Alert, Button, Code, Group, Modal, ScrollArea, Stack, Tabs, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { SERVER_URL } from '../lib/api.ts';
import { useFocusBack } from '../lib/focus-back.ts';
import { CopyTextButton } from './copy-button.tsx';

interface Props {
  title: string;
  /** What the secret is called here: API key, token. */
  kind: string;
  secret: string;
  onClose(): void;
}

/** A new secret, the one time that it is in clear, with what to do with it. Shown while it is mounted. */
export function SecretOnce({ title, kind, secret, onClose }: Props) {
  useFocusBack();
  const [asks, setAsks] = useState(false);
  const [wasTaken, setWasTaken] = useState(false);
  const close = (): void => (wasTaken || asks ? onClose() : setAsks(true));
  const take = (): void => setWasTaken(true);
  return (
    <Modal opened onClose={close} title={title} closeOnClickOutside={false}>
      <Stack onCopy={take} onClickCapture={(event) => isCopying(event.target) && take()}>
        <Text size="sm">
          Copy the {kind} now and keep it in a safe place: it is shown this once, and nobody can read it
          again.
        </Text>
        <Group align="flex-end" gap="sm" wrap="nowrap">
          <TextInput
            label={kind.charAt(0).toUpperCase() + kind.slice(1)}
            value={secret}
            readOnly
            flex={1}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            onFocus={(event) => event.currentTarget.select()}
            data-autofocus
          />
          <CopyTextButton text={secret} />
        </Group>
        <Examples secret={secret} />
        {asks && (
          <Alert color="yellow" variant="light" role="alert" title={`The ${kind} has not been copied`}>
            Once this is closed, it cannot be shown again.
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant={asks ? 'default' : 'filled'} onClick={close}>
            {asks ? 'Close all the same' : 'Done'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function isCopying(target: EventTarget): boolean {
  return target instanceof Element && target.closest('button')?.textContent?.startsWith('Cop') === true;
}

function Examples({ secret }: { secret: string }) {
  const curl = `curl -H "Authorization: Bearer ${secret}" \\\n     ${SERVER_URL}/api/org`;
  const terraform = `provider "grafana" {\n  url  = "${SERVER_URL}/"\n  auth = "${secret}"\n}`;
  const cli = `LATCHKEY_TOKEN=${secret} \\\n  npx latchkey whoami --url ${SERVER_URL}`;
  return (
    <Tabs defaultValue="curl">
      <Tabs.List>
        <Tabs.Tab value="curl">curl</Tabs.Tab>
        <Tabs.Tab value="terraform">Terraform</Tabs.Tab>
        <Tabs.Tab value="cli">Command line</Tabs.Tab>
      </Tabs.List>
      {Object.entries({ curl, terraform, cli }).map(([name, text]) => (
        <Tabs.Panel key={name} value={name} pt="sm">
          <Stack gap="sm" align="flex-start">
            <ScrollArea
              w="100%"
              viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': `Example for ${name}` }}
            >
              <Code block style={{ overflow: 'visible' }}>
                {text}
              </Code>
            </ScrollArea>
            <CopyTextButton text={text} label="Copy the example" />
          </Stack>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
