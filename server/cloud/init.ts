import type { Config } from '../config/config.ts';
import { isUniqueViolation } from '../db/errors.ts';
import { inTransaction } from '../db/transaction.ts';
import { createLog } from '../log.ts';
import { asOperator } from '../operator.ts';
import { openTrail } from '../trail/trail.ts';
import { openCloudDatabase } from './cloud.ts';
import { doerOf, record } from '../modules/audit/audit.ts';
import { taken } from './access/refusals.ts';
import { insertIssued } from './modules/keys/keys.ts';
import { createOrg, findOrgByName } from './modules/orgs/orgs.ts';
import { auditApart } from './stack-config.ts';

/**
 * Makes a key of an Admin of a cloud organization, and the organization where there is none of that name. The secret is nowhere else.
 * Throws where there is such a key.
 */
export async function initCloud(
  config: Config,
  { org: name, key }: { org: string; key: string },
): Promise<{ slug: string; token: string; isNew: boolean }> {
  const log = createLog(config, { console: process.stderr });
  const trail = openTrail(auditApart(config, 'cloud'), { log, now: Date.now });
  const db = await openCloudDatabase(config, log);
  try {
    const alone = { touch: () => {}, peers: undefined, trail };
    return await inTransaction({ db, config, now: Date.now, ...alone }, async (context) => {
      const known = await findOrgByName(context, name);
      const { id, slug } = known ?? (await createOrg(context, name));
      const issued = await insertIssued(context, id, { name: key, role: 'Admin' });
      const by = { ...doerOf(asOperator(context)), orgId: id };
      const made = { ...by, action: 'orgs:create', kind: 'cloud-org', id, name, change: { slug } };
      if (known === undefined) await record(context, made);
      await record(context, {
        ...by,
        action: 'api-keys:create',
        kind: 'cloud-key',
        id: issued.key.id,
        name: key,
        change: { role: 'Admin' },
      });
      return { slug, token: issued.token, isNew: known === undefined };
    });
  } catch (error) {
    throw isUniqueViolation(error) ? taken(`There is a key ${key} of ${name} already`) : error;
  } finally {
    await trail?.close();
    await db.destroy();
  }
}
