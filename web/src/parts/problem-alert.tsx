import { Alert, Button, Text } from '@mantine/core';
import { isRefusal, problemOf } from '../lib/problem.ts';

interface Props {
  /** Nothing shows where there is no error. */
  error: unknown;
  /** Offered where asking again may help. */
  onRetry?: (() => void) | undefined;
}

/** An error in words, with what to do next. */
export function ProblemAlert({ error, onRetry }: Props) {
  if (error === null || error === undefined) return null;
  const { title, detail } = problemOf(error);
  return (
    <Alert color="red" variant="light" title={title} role="alert">
      {detail !== undefined && <Text size="sm">{detail}</Text>}
      {onRetry !== undefined && !isRefusal(error) && (
        <Button mt="sm" variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
