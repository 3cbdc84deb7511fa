import { api } from '../../lib/api.ts';
import { useSession } from '../../lib/session.ts';
import { ChartOrTable } from './chart-or-table.tsx';
import { CountsTable } from '../../parts/counts-table.tsx';
import type { Period } from '../../lib/usage-periods.ts';
import { spansOf } from './spans.ts';
import { add, type Counts, statusesIn, sumOf } from '../../lib/statuses.ts';

// Every status in every hour of the longest period.
const MOST_GROUPS = 4000;

/** How requests were answered, hour by hour or day by day. */
export function RequestsOverTime({ period, from }: { period: Period; from: string }) {
  const { user } = useSession();
  const usage = api.useQuery(
    'get',
    '/api/usage',
    { params: { query: { groupBy: 'hour,status', from, limit: MOST_GROUPS } } },
    { placeholderData: (before) => before },
  );
  const spans = usage.data && spansOf(usage.data, period.span, user.timezone);
  const all: Counts = {};
  for (const { status = '', requests } of usage.data?.groups ?? []) add(all, status, requests);
  const caption = `Requests in ${period.words} by how they were answered`;
  return (
    <ChartOrTable
      title="How they were answered"
      summary={`${sumOf(all).toLocaleString('en')} requests in ${period.words}: ${inWords(all)}.`}
      asked={usage}
      rows={spans !== undefined && sumOf(all) === 0 ? [] : spans}
      none={`Nothing was asked in ${period.words}.`}
      table={
        <CountsTable
          caption={caption}
          heading="From"
          rows={(spans ?? []).toReversed().map(({ title, counts }) => ({ key: title, title, counts }))}
        />
      }
    />
  );
}

function inWords(counts: Counts): string {
  const parts = statusesIn([counts]).map(
    ({ name, label }) => `${(counts[name] ?? 0).toLocaleString('en')} ${label.toLowerCase()}`,
  );
  return parts.join(', ');
}
