import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x55, 0x04, 0x03];
const SUBJECT_ALTERNATIVE_NAME = [0x55, 0x1d, 0x11];

/** A certificate that signs itself (RFC 5280), for 127.0.0.1, with its P-256 key; both as PEM. */
export function makeCertificate(
  name: string,
  { expires = Date.now() + 90 * 86_400_000, passphrase }: { expires?: number; passphrase?: string } = {},
): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(tlv(0x06, ECDSA_WITH_SHA256));
  const named = sequence(tlv(0x31, sequence(tlv(0x06, COMMON_NAME), tlv(0x0c, Buffer.from(name)))));
  const altNames = sequence(tlv(0x87, [127, 0, 0, 1]), tlv(0x82, Buffer.from('localhost')));
  const content = sequence(
    tlv(0xa0, tlv(0x02, [2])),
    tlv(0x02, [1, ...randomBytes(8)]),
    algorithm,
    named,
    sequence(time(Date.now() - 86_400_000), time(expires)),
    named,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(sequence(tlv(0x06, SUBJECT_ALTERNATIVE_NAME), tlv(0x04, altNames)))),
  );
  const signature = tlv(0x03, [0], sign('sha256', content, privateKey));
  const der = sequence(content, algorithm, signature);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  const secured = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem', ...secured }) as string,
  };
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, ...parts);
}

/** Tag, length and value (X.690, DER). */
function tlv(tag: number, ...parts: (Uint8Array | number[])[]): Buffer {
  const value = Buffer.concat(parts.map((part) => Uint8Array.from(part)));
  const { length } = value;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.from([tag, ...(length < 0x80 ? [length] : long)]), value]);
}

function time(at: number): Buffer {
  return tlv(0x18, Buffer.from(`${new Date(at).toISOString().replace(/\D/g, '').slice(0, 14)}Z`));
}
