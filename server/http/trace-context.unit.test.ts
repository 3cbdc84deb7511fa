import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTraceparent } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test.each([
  ['sampled', `00-${TRACE}-${SPAN}-01`, true],
  ['not sampled', `00-${TRACE}-${SPAN}-00`, false],
  ['with flags of later versions', `00-${TRACE}-${SPAN}-ff`, true],
  ['with another flag alone', `00-${TRACE}-${SPAN}-02`, false],
  ['of a later version', `cc-${TRACE}-${SPAN}-01`, true],
  ['of a later version, with more at its end', `cc-${TRACE}-${SPAN}-01-what-the-future-brings`, true],
  ['of a later version, with a dash at its end', `01-${TRACE}-${SPAN}-01-`, true],
])('a traceparent is read: %s', (_, header, isSampled) => {
  expect(parseTraceparent(header)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled });
});

// From the recommendation and the test suite of W3C.
test.each([
  ['nothing', ''],
  ['the version that there must not be', `ff-${TRACE}-${SPAN}-01`],
  ['more at the end of version 00', `00-${TRACE}-${SPAN}-01-x`],
  ['a dash at the end of version 00', `00-${TRACE}-${SPAN}-01-`],
  ['more without a dash', `cc-${TRACE}-${SPAN}-01.what`],
  ['capital letters in the trace', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['a capital letter in the version', `0A-${TRACE}-${SPAN}-01`],
  ['a capital letter in the flags', `00-${TRACE}-${SPAN}-0A`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['a short trace', `00-${TRACE.slice(1)}-${SPAN}-01`],
  ['a long trace', `00-${TRACE}1-${SPAN}-01`],
  ['a short span', `00-${TRACE}-${SPAN.slice(1)}-01`],
  ['a long span', `00-${TRACE}-${SPAN}1-01`],
  ['short flags', `00-${TRACE}-${SPAN}-1`],
  ['long flags', `00-${TRACE}-${SPAN}-001`],
  ['no flags', `00-${TRACE}-${SPAN}`],
  ['a letter that is no digit', `00-${TRACE.slice(1)}g-${SPAN}-01`],
  ['a dot', `00-${TRACE.slice(1)}.-${SPAN}-01`],
  ['two at once', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
  ['space around it', ` 00-${TRACE}-${SPAN}-01 `],
  ['a line break after it', `00-${TRACE}-${SPAN}-01\n`],
])('a traceparent is not read: %s', (_, header) => {
  expect(parseTraceparent(header)).toBeUndefined();
});

const hex = (length: number) =>
  fc.string({
    unit: fc.constantFrom(...Array.from('0123456789abcdef')),
    minLength: length,
    maxLength: length,
  });

test('what is well formed comes out as it went in, and with one character changed never as a text that is not hexadecimal', () => {
  fc.assert(
    fc.property(
      hex(32),
      hex(16),
      hex(2),
      fc.nat(54),
      fc.string({ minLength: 1, maxLength: 2 }),
      (traceId, spanId, flags, at, other) => {
        const header = `00-${traceId}-${spanId}-${flags}`;
        const isZero = /^0+$/.test(traceId) || /^0+$/.test(spanId);
        const isSampled = Number.parseInt(flags, 16) % 2 === 1;
        expect(parseTraceparent(header)).toEqual(isZero ? undefined : { traceId, spanId, isSampled });
        const changed = parseTraceparent(header.slice(0, at) + other + header.slice(at + 1));
        expect(changed?.traceId ?? traceId).toMatch(/^[\da-f]{32}$/);
        expect(changed?.spanId ?? spanId).toMatch(/^[\da-f]{16}$/);
      },
    ),
  );
});

test('no text, however odd, makes it fail', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(parseTraceparent(text)).toBeUndefined();
    }),
  );
});
