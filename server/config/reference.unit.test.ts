import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadConfig } from './config.ts';
import { sampleIni, settingsTable } from './reference.ts';
import { listSettings } from './settings.ts';
import { makeHome } from '../testing/temporary-home.ts';

const manual = new URL('../../docs/configuration.md', import.meta.url).pathname;
const sample = new URL('../../conf/sample.ini', import.meta.url).pathname;

test('the table in docs/configuration.md is the one in settings.ts', async () => {
  const [before, after] = readFileSync(manual, 'utf8').split(
    /(?<=<!-- settings:begin -->\n)[^]*(?=<!-- settings:end -->)/,
  );
  expect(after, 'the marks around the table').toBeDefined();
  await expect(`${before}${settingsTable()}\n${after}`).toMatchFileSnapshot(manual);
});

test('conf/sample.ini is written from settings.ts', async () => {
  await expect(sampleIni()).toMatchFileSnapshot(sample);
});

test('the sample with every line switched on is accepted and changes nothing', () => {
  const switchedOn = sampleIni().replaceAll(/^;(?=[a-z_]+ =)/gm, '');
  const home = makeHome({ 'conf/latchkey.ini': switchedOn });
  const { config, entries } = loadConfig({ home, env: {} });
  const untouched = loadConfig({ home: makeHome({}), env: {} });

  expect(config['log.filters']).toEqual({ api: 'debug' });
  const values = entries.filter(({ setting }) => setting.type !== 'path' && setting.default !== '');
  const given = values.filter(({ source }) => source.startsWith('conf/latchkey.ini:'));
  expect(given).toHaveLength(values.length);
  for (const section of ['server', 'security', 'auth', 'users', 'limits', 'metrics'] as const) {
    expect(config[section]).toEqual(untouched.config[section]);
  }
});

test('every setting has a meaning and a default that is allowed', () => {
  for (const { section, key, setting } of listSettings()) {
    expect(setting.meaning, `[${section}] ${key}`).toMatch(/^.{10,}$/);
  }
  expect(loadConfig({ home: '/nowhere', env: {} }).warnings).toEqual([]);
});
