import { Code, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { CircleCheck, CircleQuestionMark, CircleX } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { CopyTextButton } from '../../parts/copy-button.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ExplanationSteps } from './explanation-steps.tsx';
import { askerOf, reportOf, verdictOf } from './explanation-text.ts';
import { hasRemedy, Remedy } from './remedy.tsx';
import type { Explanation } from './use-explain.ts';

interface Props {
  asked: { data: Explanation | undefined; error: unknown; isPending: boolean };
}

/** What the server said, once it was asked. */
export function Explained({ asked: { data, error, isPending } }: Props) {
  if (isPending) return <Skeleton height="24rem" />;
  if (data === undefined) return <ProblemAlert error={error} />;
  return (
    <Stack component="section" aria-labelledby="verdict" maw="56rem">
      <Verdict explanation={data} />
      <ExplanationSteps steps={data.steps} />
      <Group gap="sm">
        <CopyTextButton text={reportOf(data)} label="Copy the explanation" />
        <Text size="sm" c="dimmed">
          For somebody else to read. The credential is not in it.
        </Text>
      </Group>
    </Stack>
  );
}

const LOOK = {
  allowed: { tone: 'good', icon: CircleCheck },
  refused: { tone: 'bad', icon: CircleX },
  depends: { tone: 'warning', icon: CircleQuestionMark },
} as const;

/** What it comes to and what to do, before the reasons. */
function Verdict({ explanation }: { explanation: Explanation }) {
  const { verdict, route, steps } = explanation;
  const title = useRef<HTMLHeadingElement>(null);
  // Who asked wants to read on here.
  useEffect(() => title.current?.focus(), []);
  const { tone, icon: Icon } = LOOK[verdict];
  const colour = `var(--page-${tone})`;
  const refusing = steps.find(({ outcome }) => outcome === 'refused');
  const asker = askerOf(explanation);
  return (
    <Paper style={{ borderColor: colour, overflowWrap: 'anywhere' }}>
      <Group align="flex-start" gap="sm" wrap="nowrap">
        <Icon size={24} color={colour} aria-hidden style={{ flexShrink: 0 }} />
        <Stack gap="sm" miw={0} flex={1}>
          <Title order={2} id="verdict" ref={title} tabIndex={-1}>
            {verdictOf(explanation)}
          </Title>
          {refusing !== undefined && <Text size="sm">{refusing.text}</Text>}
          {refusing !== undefined && hasRemedy(refusing) && <Remedy step={refusing} />}
          {route !== undefined && (
            <Text size="sm" c="dimmed">
              <Code>
                {route.method} {route.url}
              </Code>{' '}
              {route.summary}. {route.needs.replaceAll('`', '')}
            </Text>
          )}
          {asker !== undefined && (
            <Text size="sm" c="dimmed">
              {asker}
            </Text>
          )}
        </Stack>
      </Group>
    </Paper>
  );
}
