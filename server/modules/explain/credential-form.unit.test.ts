import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeApiKey, makeToken } from '../../crypto/secrets.ts';
import { faultOf } from './credential-form.ts';

const TOKEN = makeToken();
const { key: KEY } = makeApiKey('old', 7);
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

test.each([
  [`Bearer ${TOKEN}`],
  [`bearer  ${TOKEN} `],
  [`Bearer ${KEY}`],
  [basic(`api_key:${TOKEN}`)],
  [basic(`api_key:${KEY}`)],
  [basic('ann:a password: with $igns and "quotes"')],
])('what has the right form is not found fault with', (header) => {
  expect(faultOf(header)).toBeUndefined();
});

test.each([
  ['', /is empty/],
  ['Bearer', /No key follows the word Bearer/],
  ['Basic ', /Nothing follows the word Basic/],
  [TOKEN, /word Bearer is missing/],
  [KEY, /word Bearer is missing/],
  [`Bearer${TOKEN}`, /One space has to follow/],
  [`Bearer: ${TOKEN}`, /One space has to follow/],
  [`Token ${TOKEN}`, /no known scheme/],
  [`Authorization: Bearer ${TOKEN}`, /name of the header/],
  [`"Bearer ${TOKEN}"`, /Quotation marks/],
  ['$AUTH', /name of a variable/],
  ['Bearer $TOKEN', /name of a variable/],
  ['Bearer ${TOKEN}', /name of a variable/],
  ['Bearer %TOKEN%', /name of a variable/],
  ['Bearer {{ token }}', /name of a variable/],
  ['Bearer <token>', /placeholder/],
  ['Bearer $(cat token)', /name of a variable/],
  [`Bearer "${TOKEN}"`, /Quotation marks/],
  [`Bearer '${TOKEN}'`, /Quotation marks/],
  [`Bearer \u201c${TOKEN}\u201d`, /Quotation marks/],
  [`Bearer Bearer ${TOKEN}`, /stands in it twice/],
  [`Bearer ${TOKEN}%0A`, /line break/],
  [`Bearer ${TOKEN}\\n`, /line break/],
  [`Bearer ${TOKEN}\nx`, /line break/],
  [`Bearer ${TOKEN}%`, /percent sign/],
  [`Bearer ${TOKEN},`, /comma/],
  [`Bearer ${TOKEN.slice(0, 20)} ${TOKEN.slice(20)}`, /space inside/],
  [`Bearer ${TOKEN}\u200b`, /invisible/],
  ['Bearer glc_eyJvIjoiMSJ9', /Grafana Cloud itself/],
  ['Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.', /JSON Web Token/],
  [`Bearer ${TOKEN.slice(0, -4)}`, /has 42 characters instead of 46: was it cut off/],
  [`Bearer ${TOKEN}0`, /has 47 characters instead of 46: something was copied along/],
  [`Bearer ${TOKEN.slice(0, -1)}${TOKEN.endsWith('0') ? '1' : '0'}`, /checksum does not fit/],
  [`Bearer ${KEY.slice(0, 40)}`, /begins like an API key but does not decode.*cut off/],
  ['Bearer hunter2', /neither a service account token nor an API key/],
  [`Basic ${TOKEN}`, /where the base64/],
  ['Basic ann:secret', /sent as they are/],
  ['Basic YW5u', /not the base64 of/],
  [basic(`${TOKEN}:`), /in the place of the name/],
  [basic('ann:'), /password is empty/],
  [basic(`token:${TOKEN}`), /name before it is not "api_key"/],
  [basic(`api_key:${TOKEN.slice(0, -4)}`), /cut off/],
  [basic('ann:secret\n'), /ends with a line break/],
])('what is wrong with the form is said, and what to do: %s', (header, says) => {
  const fault = faultOf(header);
  expect(fault?.says).toMatch(says);
  expect(fault?.mend).toMatch(/\.$/);
});

test('no header breaks it, and no fault shows what was sent', () => {
  const piece = fc.constantFrom(
    'Bearer ',
    'Basic ',
    'glsa_',
    'eyJ',
    '"',
    '%0A',
    '\n',
    ' ',
    ':',
    '$',
    '<',
    '>',
  );
  const header = fc
    .array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 8 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(header, fc.stringMatching(/^[A-Za-z0-9]{20}$/), (start, secret) => {
      for (const sent of [start + secret, secret + start, basic(start + secret)])
        expect(JSON.stringify(faultOf(sent)) ?? '').not.toContain(secret);
    }),
    { numRuns: 1000 },
  );
});
