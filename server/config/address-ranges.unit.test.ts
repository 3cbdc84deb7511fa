import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddressRanges, plainAddress } from './address-ranges.ts';

test.each([
  ['', []],
  ['10.0.0.1', [{ address: '10.0.0.1', prefix: 32, family: 'ipv4' }]],
  ['10.0.0.0/8', [{ address: '10.0.0.0', prefix: 8, family: 'ipv4' }]],
  ['0.0.0.0/0', [{ address: '0.0.0.0', prefix: 0, family: 'ipv4' }]],
  ['2001:db8::1', [{ address: '2001:db8::1', prefix: 128, family: 'ipv6' }]],
  ['fd00::/8', [{ address: 'fd00::', prefix: 8, family: 'ipv6' }]],
  ['::ffff:10.0.0.1', [{ address: '10.0.0.1', prefix: 32, family: 'ipv4' }]],
  ['::FFFF:a00:1', [{ address: '10.0.0.1', prefix: 32, family: 'ipv4' }]],
  ['::ffff:10.0.0.0/104', [{ address: '10.0.0.0', prefix: 8, family: 'ipv4' }]],
  [
    ' ::1,  127.0.0.1 ',
    [
      { address: '::1', prefix: 128, family: 'ipv6' },
      { address: '127.0.0.1', prefix: 32, family: 'ipv4' },
    ],
  ],
])('%j are the ranges that it says, and a bare address is itself alone', (text, ranges) => {
  expect(parseAddressRanges(text)).toEqual(ranges);
});

test.each([
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '10.0.0',
  '010.0.0.1',
  '0x0a.0.0.1',
  '167772161',
  '10.0.0.1:80',
  '[::1]',
  '::1/129',
  '::ffff:10.0.0.1/95',
  'fe80::1%eth0',
  '*',
  'proxy.example',
  '10.0.0.1 nonsense',
])('%j is no list of ranges', (text) => {
  expect(parseAddressRanges(text)).toBeUndefined();
});

test('an IPv4 address comes out of both of its forms as an IPv6 one', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      expect([`::ffff:${address}`, `::ffff:${hex}`, address].map(plainAddress)).toEqual([
        address,
        address,
        address,
      ]);
    }),
  );
});
