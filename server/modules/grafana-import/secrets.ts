import {
  decryptGrafana,
  decryptGrafanaText,
  type Encrypted,
  readEncrypted,
} from '../../crypto/grafana-secrets.ts';
import { badRequest } from '../../errors.ts';
import type { Row, Source } from '../../sources/source.ts';
import { bytesOf, flagOf, objectOf, refOf, textOf } from './rows.ts';
import { distinct } from './refs.ts';
import { idOf } from './run.ts';

// Until version 8 Grafana encrypted under its secret key; since then under data keys, which the database keeps, each encrypted under the
// secret key or in the hands of a key management service. Since version 9 there is a table for secrets besides the column.

/** The secrets of a data source: those that could be read, and why the others could not. */
export interface Secrets {
  plain: Record<string, string>;
  faults: { name: string; fault: string }[];
}

const OWN_PROVIDER = 'secretKey';
const SAMPLE = 20;
const NO_KEY = 'give the secret_key of that Grafana with --old-secret-key-stdin or --old-secret-key-file';

/** The columns that the secrets of a data source are read from. */
export const SEALED_COLUMNS = [
  'org_id',
  'name',
  'password',
  'basic_auth',
  'basic_auth_password',
  'secure_json_data',
] as const;

/** Opens what a Grafana encrypted, with its secret key. */
export interface Opener {
  open(encrypted: Buffer): Promise<{ text: string } | { fault: string }>;
}

export function createOpener(source: Source, secretKey: string | undefined): Opener {
  const dataKeys = new Map<string, Promise<Buffer | { fault: string }>>();

  async function readDataKey(id: string): Promise<Buffer | { fault: string }> {
    const rows = await source.rowsWith('data_keys', 'name', [id], {
      columns: ['provider', 'encrypted_data'],
    });
    const [row] = rows;
    if (row === undefined) return { fault: `its data key ${id} is not there` };
    const provider = textOf(row, 'provider');
    if (provider !== OWN_PROVIDER && !provider.startsWith(`${OWN_PROVIDER}.`))
      return { fault: `its data key is under ${provider}, outside of that Grafana` };
    const opened = await decryptGrafana(bytesOf(row, 'encrypted_data'), secretKey ?? '');
    return opened ?? { fault: `its data key ${id} is not under this secret key` };
  }

  function dataKey(id: string): Promise<Buffer | { fault: string }> {
    const known = dataKeys.get(id) ?? readDataKey(id);
    dataKeys.set(id, known);
    return known;
  }

  async function keyOf({ keyId }: Encrypted): Promise<string | Buffer | { fault: string }> {
    return keyId === undefined ? (secretKey ?? '') : dataKey(keyId);
  }

  return {
    async open(bytes) {
      if (secretKey === undefined) return { fault: NO_KEY };
      const encrypted = readEncrypted(bytes);
      const key = await keyOf(encrypted);
      if (typeof key === 'object' && 'fault' in key) return key;
      const text = await decryptGrafanaText(encrypted.payload, key);
      return text === undefined ? { fault: 'it is not under this secret key' } : { text };
    },
  };
}

/** Refuses with 400 a secret key that opens hardly anything: it is another Grafana's. */
export async function requireFitting(source: Source, opener: Opener): Promise<void> {
  const rows = await source.page('data_source', {
    columns: ['id', 'secure_json_data'],
    after: undefined,
    limit: SAMPLE,
  });
  const sealed = rows.flatMap((row) => Object.values(sealedOf(row)));
  const opened = await Promise.all(sealed.map((bytes) => opener.open(bytes)));
  const failed = opened.filter((one) => 'fault' in one).length;
  // Without a checksum a short secret may look like text under a wrong key too, so a few that open say nothing.
  if (sealed.length === 0 || failed * 2 <= sealed.length) return;
  throw badRequest(
    'It is secret_key under [security] in the grafana.ini of that Grafana. Without one, all but the secrets of data sources comes.',
    `the old secret key does not open the secrets: ${failed} of ${sealed.length} that were tried stayed closed`,
  );
}

/** The secrets of some data sources, by their id. */
export async function readSecrets(
  source: Source,
  opener: Opener,
  rows: readonly Row[],
): Promise<Map<number, Secrets>> {
  const newer = await listNewer(source, rows);
  const entries = await Promise.all(
    rows.map(
      async (row) => [idOf(row), await secretsOf(row, newer.get(placeOf(row, 'name')), opener)] as const,
    ),
  );
  return new Map(entries);
}

/** What the newer table has for data sources, by organization and name. */
async function listNewer(source: Source, rows: readonly Row[]): Promise<Map<string, Buffer>> {
  const names = distinct(rows.map((row) => textOf(row, 'name')));
  const columns = ['org_id', 'namespace', 'type', 'value'];
  const found = await source.rowsWith('secrets', 'namespace', names, { columns });
  const ofSources = found.filter((row) => textOf(row, 'type') === 'datasource');
  return new Map(
    ofSources.map((row) => [placeOf(row, 'namespace'), Buffer.from(textOf(row, 'value'), 'base64')]),
  );
}

function placeOf(row: Row, column: string): string {
  return `${refOf(row, 'org_id')} ${textOf(row, column)}`;
}

async function secretsOf(row: Row, newer: Buffer | undefined, opener: Opener): Promise<Secrets> {
  const secrets: Secrets = { plain: oldPasswords(row), faults: [] };
  const sealed = Object.entries(sealedOf(row));
  const opened = await Promise.all(sealed.map(([, bytes]) => opener.open(bytes)));
  for (const [at, [name]] of sealed.entries()) {
    const one = opened[at] as Awaited<ReturnType<Opener['open']>>;
    if ('text' in one) secrets.plain[name] = one.text;
    else secrets.faults.push({ name, fault: one.fault });
  }
  return newer === undefined ? secrets : withNewer(secrets, await opener.open(newer));
}

/** The newer table wins: the column may have been left as it was. */
function withNewer(older: Secrets, newer: { text: string } | { fault: string }): Secrets {
  if ('fault' in newer) {
    const isAll = older.faults.length > 0 || Object.keys(older.plain).length > 0;
    return isAll ? older : { ...older, faults: [{ name: 'all', fault: newer.fault }] };
  }
  const values = Object.entries(objectOf(newer.text) ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const plain = { ...older.plain, ...Object.fromEntries(values) };
  return { plain, faults: older.faults.filter(({ name }) => !Object.hasOwn(plain, name)) };
}

/** Before there was encryption, two passwords had columns of their own. */
function oldPasswords(row: Row): Record<string, string> {
  const [password, basicAuthPassword] = [textOf(row, 'password'), textOf(row, 'basic_auth_password')];
  return {
    ...(password === '' ? {} : { password }),
    ...(basicAuthPassword === '' || flagOf(row, 'basic_auth') === 0 ? {} : { basicAuthPassword }),
  };
}

/** The encrypted values of a row, by name. */
function sealedOf(row: Row): Record<string, Buffer> {
  const values = Object.entries(objectOf(textOf(row, 'secure_json_data')) ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  );
  return Object.fromEntries(values.map(([name, text]) => [name, Buffer.from(text, 'base64')]));
}
