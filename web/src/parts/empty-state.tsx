import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  title: string;
  /** What to do next. */
  advice?: ReactNode;
  action?: ReactNode;
}

/** In the place of a list that has nothing: why, and what to do next. */
export function EmptyState({ title, advice, action }: Props) {
  return (
    <Stack align="center" gap="sm" py="xl" px="md" ta="center">
      <Title order={3} component="p">
        {title}
      </Title>
      {advice !== undefined && (
        <Text c="dimmed" size="sm" maw="34rem" component="div">
          {advice}
        </Text>
      )}
      {action}
    </Stack>
  );
}
