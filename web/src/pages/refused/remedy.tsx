import { Code, Group, ScrollArea, Stack, Text } from '@mantine/core';
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
    <Group gap="sm" wrap="nowrap">
      <ScrollArea
        flex={1}
        miw={0}
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': `Command: ${text}` }}
      >
        <Code block style={{ whiteSpace: 'pre' }}>
          {text}
        </Code>
      </ScrollArea>
      <CopyTextButton text={text} />
    </Group>
  );
}
