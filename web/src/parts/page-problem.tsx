import { isMissing } from '../lib/problem.ts';
import { MissingPage } from './missing-page.tsx';
import { PageFrame } from './page-frame.tsx';
import { ProblemAlert } from './problem-alert.tsx';

/** In the place of a page that could not be shown. */
export function PageProblem({ error, reset }: { error: unknown; reset(): void }) {
  if (isMissing(error)) return <MissingPage />;
  return (
    <PageFrame title="This page cannot be shown">
      <ProblemAlert error={error} onRetry={reset} />
    </PageFrame>
  );
}
