import { Writable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadConfig } from './config/config.ts';
import type { Overrides } from './config/settings.ts';
import { createLog } from './log.ts';

function configOf(overrides: Overrides = {}) {
  return loadConfig({ home: import.meta.dirname, env: {}, overrides }).config;
}

/** A log, and what it has written. */
function listen(overrides: Overrides = {}) {
  const written: string[] = [];
  const console = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      written.push(text);
      done();
    },
  });
  const config = configOf(overrides);
  return { log: createLog(config, { console }), written };
}

test('an event is one line that begins with its time and level', () => {
  const { log, written } = listen();
  log.info({ path: '/api/org', n: 1, deep: { a: [1] }, none: undefined }, 'two words');
  expect(written).toHaveLength(1);
  expect(written[0]).toMatch(
    /^time=\d{4}-\d\d-\d\dT[\d:.]+Z level=info logger=server msg="two words" path=\/api\/org n=1 deep="\{\\"a\\":\[1\]\}"\n$/,
  );
});

test('whatever a value holds, it makes no line of its own', () => {
  const { log, written } = listen();
  log.warn({ name: 'a\nlevel=error msg=forged\r\u001b[31m' }, 'x\ny');
  const codes = Array.from(written.join('').trimEnd(), (letter) => letter.charCodeAt(0));
  expect(codes.filter((code) => code < 0x20)).toEqual([]);
});

test('any text is one line of visible characters in either form, and comes back from JSON as it was', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(
        '\n',
        '\r',
        '\u001b',
        '\u0085',
        '\u2028',
        '\u202e',
        '\u{e0041}',
        '\ud800',
        '"',
        '\\',
        ' ',
      ),
    }),
  );
  const text = listen();
  const json = listen({ 'log.console': { format: 'json' } });
  fc.assert(
    fc.property(anything, (value) => {
      for (const { log, written } of [text, json]) {
        written.length = 0;
        log.child({ bound: value }).warn({ value }, value);
        expect(written).toHaveLength(1);
        expect(written[0]).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+\n$/u);
      }
      const back = JSON.parse(json.written.join(''));
      expect([back.value, back.bound, back.msg]).toEqual([value, value, value]);
    }),
  );
});

test('an error shows its message, its cause and its stack on the one line, and no further property', () => {
  const cause = new Error('the cause');
  const error = Object.assign(new Error('what failed', { cause }), {
    code: '23505',
    detail: 'Key (name)=(x)',
  });
  const { log, written } = listen();
  log.error({ err: error }, 'it broke');
  expect(written[0]?.trimEnd().split('\n')).toHaveLength(1);
  expect(written[0]).toContain(
    ' msg="it broke" type=Error error="what failed: the cause" stack="Error: what failed\\n',
  );
  expect(written[0]).toContain('log.unit.test.ts');
  expect(written[0]).toContain(' code=23505');
  expect(written[0]).not.toContain('Key (name)');

  const json = listen({ 'log.console': { format: 'json' } });
  json.log.error({ err: error }, 'it broke');
  const { err, level, msg } = JSON.parse(json.written.join(''));
  expect({ level, msg }).toEqual({ level: 'error', msg: 'it broke' });
  expect(err).toEqual({
    type: 'Error',
    message: 'what failed: the cause',
    stack: expect.any(String),
    code: '23505',
  });
});

test('something thrown that is no error shows too', () => {
  const { log, written } = listen();
  log.error({ err: 'only a text' }, 'it broke');
  log.error({ err: null }, 'it broke');
  expect(written[0]).toContain('error="only a text"');
  expect(written).toHaveLength(2);
});

test('a part is as talkative as its filter says, the rest as the level says', () => {
  const { log, written } = listen({
    log: { level: 'warn' },
    'log.filters': { auth: 'debug', api: 'critical' },
  });
  log.part('auth').debug('heard');
  log.part('api').error('not heard');
  log.part('database').info('not heard');
  log.info('not heard');
  log.part('database').warn('heard too');
  expect(written.map((line) => /msg=("[^"]+"|\w+)/.exec(line)?.[1])).toEqual(['heard', '"heard too"']);
  expect(written[0]).toContain('logger=auth');
});

test('a console that is broken, at once or later, stops nothing', async () => {
  const later = new Writable({ write: (_text, _encoding, done) => setImmediate(done, new Error('EPIPE')) });
  const gone = new Writable();
  gone.destroy();
  for (const format of ['text', 'json']) {
    for (const console of [later, gone]) {
      const log = createLog(configOf({ 'log.console': { format } }), { console });
      log.error('one');
      await new Promise((resolve) => setTimeout(resolve, 5));
      log.error('two');
    }
  }
  expect(later.destroyed).toBe(true);
});

test('logs that share a console put no weight on it', () => {
  const console = new Writable({ write: (_text, _encoding, done) => done() });
  for (let n = 0; n < 20; n++) createLog(configOf(), { console });
  expect(console.listenerCount('error')).toBe(1);
});
