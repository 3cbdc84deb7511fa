import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type ConnectionOptions } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../test/support/serving.ts';
import { makeCertificate } from '../testing/make-certificate.ts';
import { startWorld, type World } from '../testing/world.ts';

type Pair = ReturnType<typeof makeCertificate>;

function filesFor(pair: Pair) {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-tls-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const settings = { cert_file: join(directory, 'cert.pem'), cert_key: join(directory, 'key.pem') };
  const put = ({ cert, key }: Pair): void => {
    writeFileSync(settings.cert_file, cert);
    writeFileSync(settings.cert_key, key);
  };
  put(pair);
  return { put, settings, directory };
}

async function makeWorld(settings: Record<string, string>, more: object = {}): Promise<World> {
  const world = await startWorld({ ...more, server: { protocol: 'https', ...settings } });
  onTestFinished(() => world.stop());
  return world;
}

/** The name in the certificate that a new connection is shown, or why there is none. */
async function nameShown(url: string, options: ConnectionOptions = {}): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false, ...options });
  try {
    await once(socket, 'secureConnect');
    return new X509Certificate(socket.getPeerCertificate(true).raw).subject;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? '';
  } finally {
    socket.destroy();
  }
}

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await what())) await sleep(50);
}

function ask(world: World, path: string, { cert }: Pair, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      get(world.url + path, { ca: cert, headers, agent: false }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      }).on('error', reject);
    },
  );
}

const basic = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };

test('over TLS the server answers who trusts its certificate, and has browsers come by TLS alone', async () => {
  const pair = makeCertificate('one');
  const world = await makeWorld(filesFor(pair).settings);
  expect(world.url).toMatch(/^https:/);
  const { status, headers } = await ask(world, '/api/org', pair, basic);
  expect(status).toBe(200);
  expect(headers['strict-transport-security']).toBe('max-age=86400');
  const unroutable = await ask(world, '/%', pair);
  expect([unroutable.status, unroutable.headers['strict-transport-security']]).toEqual([
    400,
    'max-age=86400',
  ]);
  await expect(ask(world, '/api/org', makeCertificate('another'), basic)).rejects.toThrow('self-signed');
});

test('how long, for which names and whether at all browsers come by TLS alone is a setting', async () => {
  const pair = makeCertificate('one');
  const { settings } = filesFor(pair);
  const strict = await makeWorld(settings, {
    security: {
      strict_transport_security_max_age_seconds: 60,
      strict_transport_security_subdomains: true,
      strict_transport_security_preload: true,
    },
  });
  const { headers } = await ask(strict, '/api/health', pair);
  expect(headers['strict-transport-security']).toBe('max-age=60; includeSubDomains; preload');
  const lax = await makeWorld(settings, { security: { strict_transport_security: false } });
  expect((await ask(lax, '/api/health', pair)).headers).not.toHaveProperty('strict-transport-security');
});

test('versions of TLS before the oldest that is allowed are refused', async () => {
  const { settings } = filesFor(makeCertificate('one'));
  const usual = await makeWorld(settings);
  expect(await nameShown(usual.url, { maxVersion: 'TLSv1.2' })).toBe('CN=one');
  expect(await nameShown(usual.url, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' })).not.toBe('CN=one');
  const newest = await makeWorld({ ...settings, min_tls_version: 'TLS1.3' });
  expect(await nameShown(newest.url)).toBe('CN=one');
  expect(await nameShown(newest.url, { maxVersion: 'TLSv1.2' })).toMatch(/^(ERR_SSL|ECONNRESET)/);
});

test('a new certificate is shown without a restart, and requests under way on old connections go on', async () => {
  const files = filesFor(makeCertificate('one'));
  const world = await makeWorld({ ...files.settings, certs_watch_interval: '1s' });
  const { hostname, port } = new URL(world.url);
  const old = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  onTestFinished(() => void old.destroy());
  await once(old, 'secureConnect');
  const pair = makeCertificate('two', { expires: Date.parse('2099-01-02T03:04:05Z') });
  files.put(pair);
  await until(async () => (await nameShown(world.url)) === 'CN=two');
  expect(world.log.join('')).toContain('a new certificate is in use');
  const { text } = await ask(world, '/metrics', pair);
  expect(text).toContain(
    `latchkey_certificate_expiry_timestamp_seconds ${Date.parse('2099-01-02T03:04:05Z') / 1000}\n`,
  );
  old.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(String((await once(old, 'data'))[0])).toContain('200 OK');
});

test.each([
  [
    'a certificate without its key',
    (): Pair => ({ ...makeCertificate('two'), key: makeCertificate('x').key }),
  ],
  ['nonsense', (): Pair => ({ cert: 'nonsense', key: 'nonsense' })],
  ['an empty file', (): Pair => ({ ...makeCertificate('two'), cert: '' })],
])('%s is told in the log, and the certificate in use stays', async (_what, make) => {
  const files = filesFor(makeCertificate('one'));
  const world = await makeWorld({ ...files.settings, certs_watch_interval: '1s' });
  files.put(make());
  await until(() => world.log.join('').includes('the one before stays'));
  expect(await nameShown(world.url)).toBe('CN=one');
  expect(world.log.join('')).not.toContain('PRIVATE KEY');
  files.put(makeCertificate('three'));
  await until(async () => (await nameShown(world.url)) === 'CN=three');
});

test('a certificate that expires soon is warned of, one that lasts is not', async () => {
  const soon = makeCertificate('soon', { expires: Date.now() + 3 * 86_400_000 });
  const late = makeCertificate('late', { expires: Date.now() + 60 * 86_400_000 });
  const past = makeCertificate('past', { expires: Date.now() - 1000 });
  expect((await makeWorld(filesFor(soon).settings)).log.join('')).toContain('the certificate expires soon');
  expect((await makeWorld(filesFor(late).settings)).log.join('')).not.toContain('expire');
  expect((await makeWorld(filesFor(past).settings)).log.join('')).toContain('the certificate has expired');
});

test('a key with a passphrase needs the right one, and a start without it says where to look', async () => {
  const { settings } = filesFor(makeCertificate('one', { passphrase: 'open sesame' }));
  const world = await makeWorld({ ...settings, cert_pass: 'open sesame' });
  expect(await nameShown(world.url)).toBe('CN=one');
  for (const wrong of [{ cert_pass: 'wrong' }, {}, { cert_file: '/nowhere/cert.pem' }]) {
    await expect(startWorld({ server: { protocol: 'https', ...settings, ...wrong } })).rejects.toThrow(
      /^\[server\] cert_file and cert_key \(.*\) cannot be used: /,
    );
  }
});

test('a hangup has the certificate read anew, and does not end the server', async () => {
  const files = filesFor(makeCertificate('one'));
  const server = await serve({
    GF_PATHS_DATA: files.directory,
    GF_SERVER_PROTOCOL: 'https',
    GF_SERVER_CERT_FILE: files.settings.cert_file,
    GF_SERVER_CERT_KEY: files.settings.cert_key,
    GF_SERVER_CERTS_WATCH_INTERVAL: '0s',
  });
  onTestFinished(() => server.stop());
  files.put(makeCertificate('two'));
  expect(await nameShown(server.url)).toBe('CN=one');
  server.process.kill('SIGHUP');
  await until(async () => (await nameShown(server.url)) === 'CN=two');
});
