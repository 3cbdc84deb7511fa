import { Button } from '@mantine/core';
import { isMissing } from '../lib/problem.ts';
import { EmptyState } from './empty-state.tsx';
import { MissingPage } from './missing-page.tsx';
import { PageFrame } from './page-frame.tsx';
import { ProblemAlert } from './problem-alert.tsx';

/** In the place of a page that could not be shown. */
export function PageProblem({ error, reset }: { error: unknown; reset(): void }) {
  if (isMissing(error)) return <MissingPage />;
  if (isOfAnOlderBuild(error)) return <NewerPage />;
  return (
    <PageFrame title="This page cannot be shown">
      <ProblemAlert error={error} onRetry={reset} />
    </PageFrame>
  );
}

function NewerPage() {
  return (
    <PageFrame title="There is a newer page">
      <EmptyState
        title="The server was updated while this was open"
        advice="What you are looking for is there: load the page again."
        action={<Button onClick={() => window.location.reload()}>Load again</Button>}
      />
    </PageFrame>
  );
}

// Browsers have words of their own for a part of the page that is not there any more.
function isOfAnOlderBuild(error: unknown): boolean {
  return (
    error instanceof Error &&
    /dynamically imported module|importing a module script failed/i.test(error.message)
  );
}
