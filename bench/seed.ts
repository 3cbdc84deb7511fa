import { join } from 'node:path';
import { loadConfig } from '../server/config/config.ts';
import { makeToken, secretHash } from '../server/crypto/secrets.ts';
import { prepareFirstRun } from '../server/first-run.ts';
import { openContext } from '../server/server.ts';

const ACCOUNTS = 1000;
const BATCH = 500;

/** Fills a new SQLite database under a directory with tokens of a thousand Viewer accounts; returns the tokens. */
export async function seedTokens(directory: string, count: number): Promise<string[]> {
  const overrides = {
    paths: { data: directory },
    log: { level: 'error' },
    security: { secret_key: 'for a benchmark' },
  };
  const { config } = loadConfig({ home: join(import.meta.dirname, '..'), env: {}, overrides });
  const { context, close } = await openContext(config);
  await prepareFirstRun(context);
  const now = context.now();
  const tokens = Array.from({ length: count }, makeToken);
  await context.db.transaction().execute(async (db) => {
    const accounts = Array.from({ length: ACCOUNTS }, (_, at) => at + 2);
    const identities = accounts.map((id) => ({ id, kind: 'service-account' as const }));
    await db.insertInto('identity').values(identities).execute();
    for (const id of accounts) {
      const name = `account-${id}`;
      const flags = { is_disabled: 0, is_server_admin: 0 } as const;
      const times = { created_at: now, updated_at: now };
      const row = {
        id,
        org_id: 1,
        name,
        login: `sa-${name}`,
        role: 'Viewer',
        search_text: name,
        ...flags,
        ...times,
      } as const;
      await db.insertInto('service_account').values(row).execute();
    }
    for (let start = 0; start < count; start += BATCH) {
      const rows = tokens.slice(start, start + BATCH).map((token, at) => ({
        org_id: 1,
        service_account_id: 2 + ((start + at) % ACCOUNTS),
        name: `token-${start + at}`,
        role: null,
        is_server_admin: 0 as const,
        secret_hash: secretHash(token),
        is_revoked: 0 as const,
        created_by: 1,
        created_at: now,
        expires_at: null,
        last_used_at: null,
      }));
      await db.insertInto('credential').values(rows).execute();
    }
  });
  await close();
  return tokens;
}
