import { Skeleton, Stack } from '@mantine/core';
import { lazy, Suspense } from 'react';

export interface JsonEditorProps {
  /** Its name, for screen readers. */
  label: string;
  value: string;
  onChange?(text: string): void;
  readOnly?: boolean;
  height?: string;
}

const HEIGHT = '28rem';

const JsonCode = lazy(async () => ({ default: (await import('./code/json-code.tsx')).JsonCode }));

/** JSON to read or to edit, with what is wrong in it by line and column. What it is made of is loaded when it is shown. */
export function JsonEditor({ height = HEIGHT, ...props }: JsonEditorProps) {
  return (
    <Suspense fallback={<Loading height={height} readOnly={props.readOnly} />}>
      <JsonCode height={height} {...props} />
    </Suspense>
  );
}

function Loading({ height, readOnly }: { height: string; readOnly: boolean | undefined }) {
  return (
    <Stack gap="xs" aria-busy>
      <Skeleton height={height} radius="sm" />
      {readOnly !== true && <Skeleton height="1.75rem" width="12rem" radius="sm" />}
    </Stack>
  );
}
