import { BlockList, isIP } from 'node:net';

const RANGE = /^([\da-f.:]+)\/(\d{1,3})$/i;

/** Whether a text is a range of addresses in CIDR form. */
export function isRange(text: string): boolean {
  const [, address = '', digits] = RANGE.exec(text) ?? [];
  const bits = { 4: 32, 6: 128 }[isIP(address)];
  return bits !== undefined && Number(digits) <= bits;
}

/** Whether an address is in one of the ranges. An IPv4 address that is written as an IPv6 one is an IPv4 address. */
export function isWithin(ranges: readonly string[], address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  const family = isIP(plain) === 4 ? 'ipv4' : 'ipv6';
  if (isIP(plain) === 0) return false;
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    list.addSubnet(network, Number(prefix), isIP(network) === 4 ? 'ipv4' : 'ipv6');
  }
  return list.check(plain, family);
}
