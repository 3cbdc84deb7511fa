import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';

interface Side {
  /** What the text is, as in "Version 3". */
  label: string;
  text: string;
}

export interface JsonDiffProps {
  before: Side;
  after: Side;
  height?: string;
}

const HEIGHT = '28rem';

const JsonCompared = lazy(async () => ({ default: (await import('./code/json-compared.tsx')).JsonCompared }));

/** How two texts differ, line by line. What it is made of is loaded when it is shown. */
export function JsonDiff({ height = HEIGHT, ...sides }: JsonDiffProps) {
  return (
    <Suspense fallback={<Skeleton height={`calc(${height} + 4.5rem)`} radius="sm" />}>
      <JsonCompared height={height} {...sides} />
    </Suspense>
  );
}
