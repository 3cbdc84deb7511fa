import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { type CloudWorld, startCloudWorld } from '../testing/cloud.ts';
import { makeCertificate } from '../testing/make-certificate.ts';

test('a new certificate is shown by the API of the cloud side and at the ports of stacks, without a restart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-tls-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const settings = { cert_file: join(directory, 'cert.pem'), cert_key: join(directory, 'key.pem') };
  const put = (name: string): void => {
    const { cert, key } = makeCertificate(name);
    writeFileSync(settings.cert_file, cert);
    writeFileSync(settings.cert_key, key);
  };
  put('one');
  const world = await startCloudWorld({
    server: { protocol: 'https', certs_watch_interval: '1s', ...settings },
  });
  onTestFinished(() => world.stop());
  const old = await makeStack(world, 'old');
  expect(old).toMatch(/^https:/);
  expect([await nameShown(world.cloud.url), await nameShown(old)]).toEqual(['one', 'one']);

  put('two');
  for (const url of [world.cloud.url, old]) while ((await nameShown(url)) !== 'two') await sleep(50);
  expect(await nameShown(await makeStack(world, 'new'))).toBe('two');

  // As SIGHUP has it done.
  put('three');
  world.cloud.reloadCertificate();
  expect([await nameShown(world.cloud.url), await nameShown(old)]).toEqual(['three', 'three']);
});

/** Makes a stack, and gives its address. */
async function makeStack(world: CloudWorld, slug: string): Promise<string> {
  const bearer = world.admin && 'bearer' in world.admin ? world.admin.bearer : '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
  const options = { method: 'POST', headers, rejectUnauthorized: false, agent: false };
  request(`${world.cloud.url}/api/instances`, options, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (part: string) => (text += part));
    answer.on('end', () => resolve((JSON.parse(text) as { url: string }).url));
  })
    .on('error', reject)
    .end(JSON.stringify({ name: slug, slug }));
  return promise;
}

/** The name in the certificate that a new connection is shown. */
async function nameShown(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}
