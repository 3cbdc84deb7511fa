import type { Config } from '../config/config.ts';
import { createLog } from '../log.ts';
import { openCloudDatabase } from './cloud.ts';
import { issueFirstKey } from './modules/keys/keys.ts';
import { createOrg } from './modules/orgs/orgs.ts';

/** Makes a cloud organization with its first key, an Admin's. The secret is nowhere else. Throws where there is one of its slug. */
export async function initCloud(
  config: Config,
  { org: name, key }: { org: string; key: string },
): Promise<{ slug: string; token: string }> {
  const log = createLog(config, { console: process.stderr });
  const db = await openCloudDatabase(config, log);
  try {
    return await db.transaction().execute(async (transaction) => {
      const context = { db: transaction, now: Date.now };
      const { id, slug } = await createOrg(context, name);
      const { token } = await issueFirstKey(context, id, { name: key, role: 'Admin' });
      return { slug, token };
    });
  } finally {
    await db.destroy();
  }
}
