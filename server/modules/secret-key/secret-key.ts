import type { Context, RequestContext } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { badRequest } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { hasSealedDataSources, opensDataSources, resealDataSources } from '../datasources/reseal.ts';
import { hasSealedSsoSettings, resealSsoSettings } from '../sso-settings/reseal.ts';
import { deleteCheck, getCheck, insertCheck, replaceCheck } from './secret-key.store.ts';

const PURPOSE = 'secret key check';

export interface Reencrypted {
  dataSourceSecrets: number;
  ssoSecrets: number;
  /** What neither the secret key nor the previous one opens. */
  unreadable: string[];
}

/**
 * Whether the secrets in the database are under the secret key in force, or the previous one where it is given too. A database
 * without any takes the key in force for good.
 */
export async function secretKeyFits(context: Context): Promise<boolean> {
  const { db, seal } = context;
  if ((await getCheck(db)) === undefined) {
    // A database of before there was a check: what is in it says which key it is.
    if (!(await opensDataSources(context))) return false;
    await insertCheck(db, seal.close('', PURPOSE));
  }
  // Of two servers that start at once, the one with another key finds the other's.
  return seal.renew((await getCheck(db)) ?? '', PURPOSE) !== undefined;
}

/** Whether anything in the database is under a secret key, besides what tells which one. */
export async function holdsSecrets(context: Context): Promise<boolean> {
  return (await hasSealedDataSources(context)) || (await hasSealedSsoSettings(context));
}

/** Leaves it to the next start which secret key the database is for. To be called where it holds no secrets. */
export function forgetSecretKey({ db }: Context): Promise<void> {
  return deleteCheck(db);
}

/**
 * Puts every stored secret under the secret key in force. It may be stopped at any moment and run again. The key counts as
 * exchanged once nothing is left that is not readable under it; `forgetUnreadable` deletes such secrets.
 */
export async function reencryptSecrets(
  context: RequestContext,
  how: { forgetUnreadable: boolean },
): Promise<Reencrypted> {
  // Else servers that go on under their key would be locked out by a command that was given another one.
  if (!how.forgetUnreadable && !(await secretKeyFits(context))) {
    throw badRequest(
      'neither secret_key nor previous_secret_key is the one that the secrets in this database are encrypted with',
      'Nothing was changed',
    );
  }
  const dataSources = await resealDataSources(context, how);
  const sso = await resealSsoSettings(context, how);
  const unreadable = [...dataSources.unreadable, ...sso.unreadable];
  const done = { dataSourceSecrets: dataSources.renewed, ssoSecrets: sso.renewed };
  await inTransaction(context, async (context) => {
    const { db, seal } = context;
    if (unreadable.length === 0 || how.forgetUnreadable) await replaceCheck(db, seal.close('', PURPOSE));
    const change = { ...done, unreadable, forgotten: how.forgetUnreadable };
    const entry = { kind: 'server', id: 0, name: '', orgId: null };
    await recordChange(context, { action: 'server.secrets:reencrypt', ...entry, change });
  });
  return { ...done, unreadable };
}
