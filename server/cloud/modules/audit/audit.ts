import { type Change, type Doer, NOBODYS, record } from '../../../modules/audit/audit.ts';
import type { CloudContext, CloudRequestContext } from '../../context.ts';

/** Records a change of the caller's organization. To be called within the change's own transaction. */
export async function recordChange(
  context: CloudRequestContext,
  change: Omit<Change, 'orgId'>,
): Promise<void> {
  const { caller, address, requestId } = context;
  const { actor, credential, org } = caller;
  await record(context, {
    ...change,
    orgId: org.id,
    actor,
    actorId: caller.id,
    credential,
    address,
    requestId,
  });
}

/** The same of what the server does by itself. */
export async function recordOwnChange(
  context: CloudContext,
  orgId: number,
  change: Omit<Change, 'orgId'>,
): Promise<void> {
  await record(context, { ...NOBODYS, ...change, orgId, actor: 'server:Latchkey' });
}

/** Records that a secret was found where it should not be, and is worth nothing any more. To be called within that transaction. */
export async function recordLeak(
  context: CloudContext,
  doer: Doer,
  orgId: number,
  change: Omit<Change, 'orgId' | 'action'>,
): Promise<void> {
  await record(context, { ...doer, ...change, orgId, action: 'leaks:revoke' });
}
