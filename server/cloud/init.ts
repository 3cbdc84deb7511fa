import { randomUUID } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { inTransaction } from '../db/transaction.ts';
import { createLog } from '../log.ts';
import { openCloudDatabase } from './cloud.ts';
import { NOBODYS, record } from '../modules/audit/audit.ts';
import { insertIssued } from './modules/keys/keys.ts';
import { createOrg } from './modules/orgs/orgs.ts';

// As the record of changes calls whoever runs commands on the machine.
const OPERATOR = { actor: 'operator:command line', credential: { kind: 'machine', id: 0 } };

/** Makes a cloud organization with its first key, an Admin's. The secret is nowhere else. Throws where there is one of its slug. */
export async function initCloud(
  config: Config,
  { org: name, key }: { org: string; key: string },
): Promise<{ slug: string; token: string }> {
  const log = createLog(config, { console: process.stderr });
  const db = await openCloudDatabase(config, log);
  try {
    const nobody = { touch: () => {}, peers: undefined, trail: undefined };
    return await inTransaction({ db, config, now: Date.now, ...nobody }, async (context) => {
      const { id, slug } = await createOrg(context, name);
      const issued = await insertIssued(context, id, { name: key, role: 'Admin' });
      const by = { ...NOBODYS, ...OPERATOR, requestId: randomUUID(), orgId: id };
      await record(context, { ...by, action: 'orgs:create', kind: 'cloud-org', id, name, change: { slug } });
      await record(context, {
        ...by,
        action: 'api-keys:create',
        kind: 'cloud-key',
        id: issued.key.id,
        name: key,
        change: { role: 'Admin' },
      });
      return { slug, token: issued.token };
    });
  } finally {
    await db.destroy();
  }
}
