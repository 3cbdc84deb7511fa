import type { Context } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { listWithSecrets, updateSecrets } from './datasources.store.ts';
import { resealSecrets } from './secure-json.ts';

const ROWS_PER_TRANSACTION = 200;

export interface ResealedRows {
  /** How many secrets were put under the key in force. */
  renewed: number;
  /** Whose secrets no key opens: `data source Metrics of organization 1: basicAuthPassword`. */
  unreadable: string[];
}

/** Puts the secrets of all data sources under the secret key in force, in steps that may be taken again. */
export async function resealDataSources(
  context: Context,
  how: { forgetUnreadable: boolean },
): Promise<ResealedRows> {
  const total: ResealedRows = { renewed: 0, unreadable: [] };
  for (let after = 0, isDone = false; !isDone;) {
    const step = await inTransaction(context, async ({ db, seal }) => {
      const rows = await listWithSecrets(db, after, ROWS_PER_TRANSACTION);
      const result: ResealedRows = { renewed: 0, unreadable: [] };
      for (const { id, org_id: orgId, uid, name, secure_json_data } of rows) {
        const { stored, renewed, unreadable } = resealSecrets(seal, { orgId, uid }, secure_json_data, how);
        if (stored !== secure_json_data) await updateSecrets(db, id, stored);
        result.renewed += renewed;
        result.unreadable.push(
          ...unreadable.map((secret) => `data source ${name} of organization ${orgId}: ${secret}`),
        );
      }
      return { ...result, last: rows.at(-1)?.id, isDone: rows.length < ROWS_PER_TRANSACTION };
    });
    total.renewed += step.renewed;
    total.unreadable.push(...step.unreadable);
    after = step.last ?? after;
    isDone = step.isDone;
  }
  return total;
}

/** Whether the secrets of the first data source that has any can be read; true where none has. */
export async function opensDataSources({ db, seal }: Context): Promise<boolean> {
  const [first] = await listWithSecrets(db, 0, 1);
  if (first === undefined) return true;
  const owner = { orgId: first.org_id, uid: first.uid };
  const { unreadable } = resealSecrets(seal, owner, first.secure_json_data, { forgetUnreadable: false });
  return unreadable.length === 0;
}

/** Whether any data source has secrets. */
export async function hasSealedDataSources({ db }: Context): Promise<boolean> {
  return (await listWithSecrets(db, 0, 1)).length > 0;
}
