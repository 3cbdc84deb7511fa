import { api } from '../../lib/api.ts';
import { LimitedList } from '../../parts/limited-list.tsx';

/** Whose requests were refused lately because there were too many; nothing where there is nobody. */
export function LimitedHere() {
  const { data } = api.useQuery('get', '/api/rate-limits');
  return data === undefined || data.limited.length === 0 ? null : <LimitedList limits={data} />;
}
