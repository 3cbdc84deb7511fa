import { Box, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { StateTag } from '../../parts/state-tag.tsx';
import { hasRemedy, Remedy } from './remedy.tsx';
import { OUTCOMES, type Step, STEPS } from './step-look.ts';

/** What the server looked at, in its order, with what became of it. What to change about a refusal stands above it. */
export function ExplanationSteps({ steps }: { steps: Step[] }) {
  return (
    <Paper>
      <Stack component="ol" gap="md" p={0} m={0} aria-label="What the server looks at, in this order">
        {steps.map((step, at) => (
          <Box component="li" key={step.step} style={{ listStyle: 'none' }}>
            <StepText number={at + 1} step={step} />
          </Box>
        ))}
      </Stack>
    </Paper>
  );
}

function StepText({ number, step }: { number: number; step: Step }) {
  const { title, tone, icon: Icon } = OUTCOMES[step.outcome];
  const isReached = step.outcome !== 'not reached';
  return (
    <Group align="flex-start" gap="sm" wrap="nowrap">
      <Icon size={20} color={`var(--page-${tone})`} aria-hidden style={{ flexShrink: 0 }} />
      <Stack gap={4} miw={0} flex={1}>
        <Group gap="sm">
          <Title order={3}>
            {number}. {STEPS[step.step]}
          </Title>
          <StateTag tone={tone}>{title}</StateTag>
        </Group>
        <Text
          size="sm"
          c={isReached ? 'var(--mantine-color-text)' : 'dimmed'}
          style={{ overflowWrap: 'anywhere' }}
        >
          {step.text}
        </Text>
        {step.outcome !== 'refused' && hasRemedy(step) && <Remedy step={step} />}
      </Stack>
    </Group>
  );
}
