import { EmptyState } from './empty-state.tsx';
import { TextLink } from './text-link.tsx';
import { PageFrame } from './page-frame.tsx';

/** In the place of a page, or of the thing that it shows, where there is none. */
export function MissingPage() {
  return (
    <PageFrame title="Not found">
      <EmptyState
        title="There is nothing at this address"
        advice="It may have been deleted or renamed, or lie in another organization: the switch is at the top."
        action={<TextLink to="/">To the start page</TextLink>}
      />
    </PageFrame>
  );
}
