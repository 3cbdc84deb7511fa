import { Code, Group, Stack, Text } from '@mantine/core';
import { CopyTextButton } from '../../parts/copy-button.tsx';
import type { Step } from './step-look.ts';

/** What to change, with the commands that do it. */
export function Remedy({ step: { advice = '', commands } }: { step: Step }) {
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        What to change
      </Text>
      {advice !== '' && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {advice}
        </Text>
      )}
      {commands?.map((command) => (
        <Command key={command} text={command} />
      ))}
    </Stack>
  );
}

/** Whether there is something to change. */
export function hasRemedy({ advice = '', commands = [] }: Step): boolean {
  return advice !== '' || commands.length > 0;
}

function Command({ text }: { text: string }) {
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <Code block flex={1} miw={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {text}
      </Code>
      <CopyTextButton text={text} />
    </Group>
  );
}
