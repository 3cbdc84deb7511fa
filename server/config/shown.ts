export const mask = '*********';

/** A value as a message may show it: quoted, on one line, cut when long, without passwords inside addresses. */
export function quoted(value: string): string {
  const text = hidePasswords(value);
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** A text in which the password of an address, and each parameter named like a secret, is masked. */
export function hidePasswords(text: string): string {
  return text
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/]*:)[^]*@/i, `$1${mask}@`)
    .replaceAll(/([?&])([^=&?]*)=[^&#]*/g, (whole: string, mark: string, name: string) =>
      /pass|secret|token|key/i.test(name) ? `${mark}${name}=${mask}` : whole,
    );
}
