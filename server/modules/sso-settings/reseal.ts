import type { Context } from '../../context.ts';
import { reseal, sealedByName } from '../../crypto/sealed-values.ts';
import { inTransaction } from '../../db/transaction.ts';
import { purposeOf } from './secret-settings.ts';
import { listSsoSettings, updateSecrets } from './sso-settings.store.ts';

/** Puts the secrets of all providers under the secret key in force. Says how many were not, and which no key opens. */
export function resealSsoSettings(
  context: Context,
  how: { forgetUnreadable: boolean },
): Promise<{ renewed: number; unreadable: string[] }> {
  return inTransaction(context, async ({ db, seal }) => {
    const total = { renewed: 0, unreadable: [] as string[] };
    for (const { provider, secure_settings } of await listSsoSettings(db)) {
      const found = reseal(seal, secure_settings, (pointer) => purposeOf(provider, pointer), how);
      if (found.stored !== secure_settings) await updateSecrets(db, provider, found.stored);
      total.renewed += found.renewed;
      total.unreadable.push(...found.unreadable.map((pointer) => `SSO settings of ${provider}: ${pointer}`));
    }
    return total;
  });
}

/** Whether the settings of any provider have secrets. */
export async function hasSealedSsoSettings({ db }: Context): Promise<boolean> {
  const settings = await listSsoSettings(db);
  return settings.some(({ secure_settings }) => sealedByName(secure_settings).size > 0);
}
