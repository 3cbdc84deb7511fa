import { createClient } from '../../client/client.ts';
import type { ServiceAccount } from '../../client/shapes.ts';
import { startProgress } from '../progress.ts';
import type { Connection } from '../remote/connection.ts';
import { listServiceAccounts, listTokens } from '../remote/names.ts';
import { type Assignment, textOfSetting } from './assign.ts';

export interface FoundAccounts {
  /** The accounts that the keys have become on the server. */
  accounts: Map<Assignment, ServiceAccount>;
  /** Names that a new account cannot have. */
  names: string[];
}

/**
 * Looks for the accounts that keys became when they were migrated: `sa-autogen-<key>`, with a number where that was taken, or
 * with the organization's number, and with a token of the key's name.
 */
export async function findAccounts(
  wanted: readonly Assignment[],
  connection: Connection,
): Promise<FoundAccounts> {
  const found: FoundAccounts = { accounts: new Map(), names: [] };
  const progress = startProgress('Looking for service accounts');
  try {
    let done = 0;
    for (const [orgId, those] of Map.groupBy(wanted, (assignment) => orgOf(assignment) ?? connection.orgId)) {
      const client = createClient({ ...connection, orgId });
      const accounts = await listServiceAccounts(client);
      found.names.push(...accounts.map(({ name }) => name));
      for (const assignment of those) {
        progress.show(done++, wanted.length);
        for (const account of candidates(assignment, accounts)) {
          const tokens = new Set((await listTokens(client, account.id)).map(({ name }) => name));
          if (namesOf(assignment).every((name) => tokens.has(name))) found.accounts.set(assignment, account);
        }
      }
    }
  } finally {
    progress.end();
  }
  return found;
}

/** Whether the server can be asked for an account: it has to be its own, and the names have to be known. */
export function canBeFound({ keys }: Assignment): boolean {
  return keys.every((key) => {
    const { instances, literalName, kind } = key.content;
    const org = textOfSetting(key, 'org_id');
    const isOfServer =
      kind.account === 'grafana_service_account' && (org === undefined || numberIn(org) !== undefined);
    return isOfServer && instances === undefined && literalName !== undefined;
  });
}

function candidates(assignment: Assignment, accounts: readonly ServiceAccount[]): ServiceAccount[] {
  const { sharedRole } = assignment;
  const name = sharedRole === undefined ? (namesOf(assignment)[0] ?? '') : `keys-${sharedRole.toLowerCase()}`;
  return accounts.filter((account) => {
    const rest = account.name.replace(/^sa-autogen-/, '');
    const withoutOrg = rest.replace(/^\d+-/, '');
    const isName = [rest, withoutOrg].some((made) => made === name || made.replace(/-\d+$/, '') === name);
    return isName && rest !== account.name;
  });
}

function namesOf({ keys }: Assignment): string[] {
  return keys.flatMap(({ content }) => content.literalName ?? []);
}

function orgOf({ keys: [key] }: Assignment): number | undefined {
  return key && numberIn(textOfSetting(key, 'org_id') ?? '');
}

function numberIn(text: string): number | undefined {
  const digits = /^"?(\d{1,15})"?$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
