import { Skeleton, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { PageFrame } from './page-frame.tsx';
import { PageProblem } from './page-problem.tsx';

interface Props<Thing> {
  /** What was asked of the server. */
  asked: { data: Thing | undefined; error: unknown; refetch(): unknown };
  /** What such a thing is called, until its own name is known. */
  title: string;
  children(thing: Thing): ReactNode;
}

/** A page of one thing: a place for it while it is on its way, what went wrong, or the thing. */
export function Loaded<Thing>({ asked, title, children }: Props<Thing>) {
  if (asked.data !== undefined) return children(asked.data);
  if (asked.error !== null) return <PageProblem error={asked.error} reset={() => void asked.refetch()} />;
  return (
    <PageFrame title={title}>
      <Stack aria-busy>
        <Skeleton height="12rem" />
        <Skeleton height="12rem" />
      </Stack>
    </PageFrame>
  );
}
