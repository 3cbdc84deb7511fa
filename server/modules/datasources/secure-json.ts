import type { Seal } from '../../crypto/seal.ts';
import { reseal, type Resealed, sealedByName, sealedText } from '../../crypto/sealed-values.ts';

/** Whose secrets they are; a sealed value is bound to it and to its own name. */
export interface Owner {
  orgId: number;
  uid: string;
}

/** The stored form of secrets: a JSON object of sealed values by name. */
export function sealSecrets(seal: Seal, owner: Owner, secrets: Readonly<Record<string, string>>): string {
  return changeSecrets(seal, owner, secrets, { owner, stored: '{}' });
}

/**
 * The stored form after a change; what the change leaves out stays, sealed anew where the owner has a new uid.
 * Grafana keeps an empty text as a secret; here it removes the secret, since nothing else could.
 */
export function changeSecrets(
  seal: Seal,
  owner: Owner,
  changes: Readonly<Record<string, string>>,
  before: { owner: Owner; stored: string },
): string {
  const sealed = sealedByName(before.stored);
  if (before.owner.uid !== owner.uid) {
    for (const [name, text] of sealed) {
      sealed.set(name, seal.close(seal.open(text, purpose(before.owner, name)), purpose(owner, name)));
    }
  }
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') sealed.delete(name);
    else sealed.set(name, seal.close(value, purpose(owner, name)));
  }
  return sealedText(sealed);
}

/** Which secrets are set, as clients are told: `{ basicAuthPassword: true }`. */
export function secretsSet(stored: string): Record<string, boolean> {
  return Object.fromEntries([...sealedByName(stored).keys()].map((name) => [name, true]));
}

/** The stored form under the secret key in force. */
export function resealSecrets(
  seal: Seal,
  owner: Owner,
  stored: string,
  how: { forgetUnreadable: boolean },
): Resealed {
  return reseal(seal, stored, (name) => purpose(owner, name), how);
}

function purpose({ orgId, uid }: Owner, name: string): string {
  return `data source ${orgId}:${uid}:${name}`;
}
