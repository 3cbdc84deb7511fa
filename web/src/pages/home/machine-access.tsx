import { api } from '../../lib/api.ts';
import { Attention } from './attention.tsx';
import { FirstSteps } from './first-steps.tsx';
import { LimitedHere } from './limited.tsx';
import { Requests } from './requests.tsx';
import { Totals } from './totals.tsx';

/** Keys, accounts and tokens: how many, what of them needs somebody, and what is asked with them. */
export function MachineAccess() {
  const attention = api.useQuery('get', '/api/org/attention');
  const totals = attention.data?.totals;
  const isNew = totals !== undefined && totals.tokens + (totals.apiKeys ?? 0) === 0;
  return (
    <>
      <Totals ofMachines={totals} />
      {isNew ? <FirstSteps hasAccount={totals.serviceAccounts > 0} /> : <Attention asked={attention} />}
      {!isNew && <LimitedHere />}
      {!isNew && <Requests />}
    </>
  );
}
