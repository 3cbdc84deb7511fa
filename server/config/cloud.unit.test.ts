import { expect, test } from 'vitest';
import { makeHome } from '../testing/temporary-home.ts';
import { loadConfig } from './config.ts';

const load = (ini: string, env: Record<string, string> = {}) =>
  loadConfig({ home: makeHome({ 'conf/latchkey.ini': ini }), env });

test('each region has a section of its own, and variables add to it and make new ones', () => {
  const ini = '[cloud.region.eu]\nname = Europe\nlogs_url = https://logs.example.org\n';
  const { config, warnings } = load(ini, {
    GF_CLOUD_REGION_EU_OTLP_URL: 'https://otlp.example.org',
    GF_CLOUD_REGION_PROD_US_EAST_0_NAME: 'East',
  });
  expect(warnings).toEqual([]);
  expect(Object.keys(config['cloud.region.*'])).toEqual(['eu', 'prod-us-east-0']);
  expect(config['cloud.region.*']['eu']).toMatchObject({
    name: 'Europe',
    logs_url: 'https://logs.example.org',
    otlp_url: 'https://otlp.example.org',
    metrics_url: '',
  });
  expect(config['cloud.region.*']['prod-us-east-0']).toMatchObject({ name: 'East' });
});

test('a key that no region has is warned of, and a wrong value stops the start', () => {
  expect(load('[cloud.region.eu]\nlog_url = x\n').warnings).toEqual([
    expect.stringContaining('unknown key [cloud.region.eu] log_url; did you mean logs_url?'),
  ]);
  expect(() => load('[cloud.region.eu]\nlogs_url = nowhere\n')).toThrow(
    /\[cloud.region.eu\] logs_url.*must be empty, or an http/,
  );
  expect(load('[cloud.area.eu]\nname = x\n').warnings).toHaveLength(1);
});

test.each(['4000', '5000-4000', '0-10', '1-65536', 'a-b'])(
  'the range of ports %s is refused with what one looks like',
  (ports) => {
    expect(() => load(`[cloud]\nstack_ports = ${ports}\n`)).toThrow(
      'must be a range of ports such as 4000-4999',
    );
  },
);

test('stacks on SQLite are not served by several processes', () => {
  const ini = '[cloud]\nenabled = true\n[server]\nworkers = 2\n';
  expect(() => load(ini)).toThrow(/workers = 2 .* does not go with \[cloud\] enabled on SQLite/);
  expect(() => load(`${ini}[database]\ntype = postgres\n`)).not.toThrow();
});

test('fewer stacks are open at once on PostgreSQL, where each takes connections, unless it is said how many', () => {
  const openStacks = (ini: string): number => load(ini).config.cloud.open_stacks;
  expect(openStacks('')).toBe(64);
  expect(openStacks('[database]\ntype = postgres\n')).toBe(12);
  expect(openStacks('[database]\nurl = postgres://db/keys\n')).toBe(12);
  expect(openStacks('[database]\nurl = postgres://db/keys\n[cloud]\nopen_stacks = 64\n')).toBe(64);
});
