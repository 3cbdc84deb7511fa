import type { RequestContext } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { recordChange } from '../audit/audit.ts';
import { requireDashboard } from './dashboards.ts';
import { deleteStar, insertStar } from './stars.store.ts';

type Which = { uid: string } | { id: number };

/** Has the person asking find a dashboard among their starred ones. A second star changes nothing. */
export function star(context: RequestContext, which: Which): Promise<void> {
  return mark(context, which, 'stars:create', insertStar);
}

/** Takes the star away again. */
export function unstar(context: RequestContext, which: Which): Promise<void> {
  return mark(context, which, 'stars:delete', deleteStar);
}

async function mark(
  context: RequestContext,
  which: Which,
  action: string,
  how: typeof insertStar,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const { id, uid, title } = await requireDashboard(context, which);
    await how(context.db, context.actor.principal.id, id);
    await recordChange(context, { action, kind: 'dashboard', id: uid, name: title });
  });
}
