import { isIP } from 'node:net';

/** A range of addresses: `10.0.0.0/8`, or one address with all its bits. */
export interface AddressRange {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** The ranges in a list separated by commas or spaces; undefined when one is none. A bare address is itself alone. */
export function parseAddressRanges(text: string): readonly AddressRange[] | undefined {
  const ranges = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(parseRange);
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
}

/** An IPv4 address that is written as an IPv6 one (RFC 4291, 2.5.5.2) in its own form; any other as it is. */
export function plainAddress(address: string): string {
  if (!/^::ffff:/i.test(address)) return address;
  const rest = address.slice('::ffff:'.length);
  if (isIP(rest) === 4) return rest;
  const [, high, low] = /^([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(rest) ?? [];
  if (high === undefined || low === undefined) return address;
  const [upper, lower] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join('.');
}

function parseRange(text: string): AddressRange | undefined {
  const [, written = '', digits] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(written)] ?? 0;
  const prefix = digits === undefined ? bits : Number(digits);
  if (bits === 0 || prefix > bits) return undefined;
  const address = plainAddress(written);
  const isMapped = address !== written;
  // Of a mapped address, the first 96 bits say no more than that it is one.
  if (isMapped && prefix < 96) return undefined;
  return {
    address,
    prefix: isMapped ? prefix - 96 : prefix,
    family: isIP(address) === 4 ? 'ipv4' : 'ipv6',
  };
}
