import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { CopyTextButton } from '../../parts/copy-button.tsx';
import type { Setting } from './settings-page.tsx';

const MASK = '*********';

/** What to write where so that the server starts with another value. Shown while it is mounted. */
export function HowToChange({ setting, onClose }: { setting: Setting; onClose(): void }) {
  const { section, key, meaning, allowed, variable, isSecret } = setting;
  // Of an address the password is masked, and what is masked is nothing to copy.
  const value = isSecret || setting.value.includes(MASK) ? '' : setting.value;
  return (
    <Modal opened onClose={onClose} title={`Change ${key}`}>
      <Stack>
        <Text size="sm">{meaning}.</Text>
        <Text size="sm">
          It may be {allowed}.{' '}
          {setting.default === '' ? 'By default it is not set.' : `By default it is ${setting.default}.`}
        </Text>
        <Example label="In conf/latchkey.ini" text={`[${section}]\n${key} = ${value}`} />
        <Example label="Or as a variable, which wins over the file" text={`${variable}=${value}`} />
        {isSecret && (
          <Text size="sm">
            To keep it out of the environment, put it into a file and name that file in {variable}__FILE.
          </Text>
        )}
        <Text size="sm">Then start the server anew.</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Example({ label, text }: { label: string; text: string }) {
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm" fw={500}>
        {label}
      </Text>
      <Code block w="100%" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {text}
      </Code>
      <CopyTextButton text={text} />
    </Stack>
  );
}
