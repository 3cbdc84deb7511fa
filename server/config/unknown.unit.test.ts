import { expect, test } from 'vitest';
import { parseIni } from './ini.ts';
import { warnOfUnknown } from './unknown.ts';

const ofFile = (text: string) => warnOfUnknown({ name: 'f.ini', ini: parseIni(text, 'f.ini') }, []);
const ofVariable = (name: string) => warnOfUnknown(undefined, [name]);

test.each([
  ['[server]\nhtpp_port = 1', 'f.ini:2: unknown key [server] htpp_port; did you mean http_port?'],
  ['[server]\nHTTP_PORT = 1', 'f.ini:2: unknown key [server] HTTP_PORT; did you mean http_port?'],
  [
    'editors_can_delete = true',
    'f.ini:1: unknown key [DEFAULT] editors_can_delete; did you mean [access_control] editors_can_delete?',
  ],
  ['[server]\nbanana = 1', 'f.ini:2: unknown key [server] banana'],
  ['[servr]\nhttp_port = 1\ndomain = x', 'f.ini:1: unknown section [servr]; did you mean [server]?'],
  ['[banana]', 'f.ini:1: unknown section [banana]'],
  ['[__proto__]\nx = 1', 'f.ini:1: unknown section [__proto__]'],
  ['[smtp]\nhost = x\npassword = y', 'f.ini:1: [smtp] is not used by Latchkey'],
  ['[quota]\nglobal_session = 1', 'f.ini:2: [quota] global_session is not used by Latchkey'],
  ['[plugin.some-renderer]\nx = 1', 'f.ini:1: [plugin.some-renderer] is not used by Latchkey'],
  ['[server]\nenable_gzip = true', 'f.ini:2: [server] enable_gzip is not used by Latchkey'],
])('the file %j gives one warning', (text, warning) => {
  expect(ofFile(text)).toEqual([warning]);
});

test('known names give none, and the same unknown name gives one', () => {
  expect(ofFile('[server]\nhttp_port = 1\n[log.filters]\nanything = debug')).toEqual([]);
  expect(ofFile('[server]\nbanana = 1\nbanana = 2\n[pear]\n[pear]')).toHaveLength(2);
});

test.each([
  [
    'GF_SERVER_HTPP_PORT',
    ['environment GF_SERVER_HTPP_PORT sets nothing; did you mean GF_SERVER_HTTP_PORT?'],
  ],
  ['GF_SERVR_HTTP_PORT', ['environment GF_SERVR_HTTP_PORT sets nothing; did you mean GF_SERVER_HTTP_PORT?']],
  ['GF_SERVER_BANANA', ['environment GF_SERVER_BANANA sets nothing: there is no such setting']],
  ['GF_SMTP_PASSWORD__FILE', ['environment GF_SMTP_PASSWORD__FILE is not used by Latchkey']],
  ['GF_SERVER_ENABLE_GZIP', ['environment GF_SERVER_ENABLE_GZIP is not used by Latchkey']],
  ['GF_AUTH_GITHUB_ENABLED', ['environment GF_AUTH_GITHUB_ENABLED is not used by Latchkey']],
  ['GF_INSTALL_PLUGINS', ['environment GF_INSTALL_PLUGINS is not used by Latchkey']],
  ['GF_ANOTHER_PROGRAM', []],
])('the variable %s gives %j', (name, warnings) => {
  expect(ofVariable(name)).toEqual(warnings);
});

test('a file full of unknown names gives few lines', () => {
  const text = Array.from({ length: 50_000 }, (_, index) => `key_${index} = 1`).join('\n');
  const warnings = ofFile(`[server]\n${text}\n${'x'.repeat(10_000)} = 1`);
  expect(warnings).toHaveLength(21);
  expect(warnings.at(-1)).toBe('… and 49981 more unknown names');
});
