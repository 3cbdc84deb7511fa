import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { ADMIN, startWorld } from '../../server/testing/world.ts';
import { visit } from './support/visit.ts';

test.runIf(HAS_BROWSER)(
  'while changes cannot be recorded an administrator sees it above every page, and who signs in is told why that fails',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-record-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'audit.jsonl');
    const world = await startWorld({ audit: { file, required: true } });
    onTestFinished(() => world.stop());
    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const administrator = await visit(browser, world.url);
    await administrator.signIn('admin', 'admin');
    rmSync(file);
    mkdirSync(file);
    expect((await world.send(ADMIN, 'POST', '/api/teams', { name: 'never made' })).status).toBe(503);
    await administrator.open('/org/teams');
    const alert = administrator.page.getByRole('alert').filter({ hasText: 'Nothing can be changed' });
    await alert.waitFor();
    expect(await alert.getByRole('link').count()).toBe(0);

    const late = await visit(browser, world.url);
    late.forgive(503);
    await late.open('/login');
    await late.page.getByLabel('Email or username').fill('admin');
    await late.page.getByRole('textbox', { name: 'Password' }).fill('admin');
    await late.page.getByRole('button', { name: 'Sign in' }).click();
    await late.page.getByRole('alert').filter({ hasText: 'Signing in is recorded too' }).waitFor();
    await late.close();
    await administrator.close();
  },
);
