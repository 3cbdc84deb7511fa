import { api } from '../../lib/api.ts';
import { LimitedList } from '../../parts/limited-list.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';

/** Who was limited lately on the whole server, and from where. */
export function LimitedOnServer() {
  const limits = api.useQuery('get', '/api/admin/rate-limits');
  if (limits.error !== null) {
    return <ProblemAlert error={limits.error} onRetry={() => void limits.refetch()} />;
  }
  return limits.data === undefined ? null : <LimitedList limits={limits.data} />;
}
