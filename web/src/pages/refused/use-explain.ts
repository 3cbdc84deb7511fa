import { useEffect } from 'react';
import type { paths } from '../../../../client/openapi.d.ts';
import { type Answer, api } from '../../lib/api.ts';

const PATH = '/api/access-control/explain';

/** A request as the server explains it. */
export type Asked = paths[typeof PATH]['post']['requestBody']['content']['application/json'];
export type Explanation = Answer<typeof PATH, 'post'>;

/** Asks the server why, and forgets what it was asked as soon as the person leaves. `onLeave` forgets what the page holds besides. */
export function useExplain(onLeave: () => void) {
  // What was sent is kept with the answer while this is on the page, and no moment longer.
  const explain = api.useMutation('post', PATH, { gcTime: 0 });
  const { reset } = explain;
  useEffect(() => {
    const forget = (): void => {
      reset();
      onLeave();
    };
    // A page that is left for another site may be shown again as it was.
    window.addEventListener('pagehide', forget);
    return () => window.removeEventListener('pagehide', forget);
  }, [reset, onLeave]);
  return explain;
}
