import type { Context } from '../../context.ts';
import { isLimitedStill, type Limited } from '../../limits.ts';
import { findCredential } from '../credentials/credentials.ts';
import { findAccount } from '../service-accounts/service-accounts.ts';
import { findPerson } from '../users/users.ts';

/** Somebody who was limited within the last quarter of an hour, by name as far as there is one. */
export interface LimitedShown extends Limited {
  isStill: boolean;
  name: string | null;
  owner: { id: number; name: string } | undefined;
}

/** Who of an organization was limited lately or, with null, on the whole server and from where; the last one first. */
export async function limitedLately(context: Context, orgId: number | null): Promise<LimitedShown[]> {
  const now = context.now();
  const limited = context.limits.lately
    .list(now)
    .filter((one) => orgId === null || one.orgId === orgId)
    .toSorted((one, other) => other.lastAt - one.lastAt)
    .slice(0, MOST_SHOWN);
  const shown: LimitedShown[] = [];
  for (const one of limited) {
    shown.push({ ...one, isStill: isLimitedStill(one, now), ...(await namesOf(context, one)) });
  }
  return shown;
}

const MOST_SHOWN = 100;

async function namesOf(
  context: Context,
  { kind, id, personId }: Limited,
): Promise<Pick<LimitedShown, 'name' | 'owner'>> {
  if (personId !== 0) {
    const person = await findPerson(context, personId);
    return { name: person?.principal.login ?? null, owner: undefined };
  }
  if (kind === 'address') return { name: null, owner: undefined };
  const row = await findCredential(context, id);
  const account = row?.service_account_id ? await findAccount(context, row.service_account_id) : undefined;
  return {
    name: row?.name ?? null,
    owner: account && { id: account.principal.id, name: account.principal.name },
  };
}
