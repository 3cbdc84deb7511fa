import type { Directory } from './directory.ts';
import type { Movable } from './judge.ts';
import type { Names, SharedAccount } from './write-key.ts';

const SUFFIX = '-token';

/** What is taken already: addresses in the configuration, and names on the server as far as they are known. */
export interface Taken {
  addresses: Set<string>;
  accounts: Set<string>;
  secrets: Set<string>;
}

/** What a module declares, and what its keys are called. */
export function takenIn({ sources }: Directory): Taken {
  const taken: Taken = { addresses: new Set(), accounts: new Set(), secrets: new Set() };
  for (const { facts } of sources) {
    for (const { type, label, literalName } of facts.declared) {
      taken.addresses.add(`${type}.${label}`);
      if (literalName !== undefined)
        (type.endsWith('_token') ? taken.secrets : taken.accounts).add(literalName);
    }
    for (const { content } of facts.keys) {
      if ('literalName' in content && content.literalName !== undefined)
        taken.secrets.add(content.literalName);
    }
  }
  return taken;
}

/** A label for a key's token, and for its account where that is its own, with a number where it is taken; takes it. */
export function chooseNames({ block, content }: Movable, taken: Taken, shared?: SharedAccount): Names {
  const { kind, literalName } = content;
  const types = shared === undefined ? [kind.account, kind.token] : [kind.token];
  const label = firstFree(block.label, '_', (name) =>
    types.some((type) => taken.addresses.has(`${type}.${name}`)),
  );
  for (const type of types) taken.addresses.add(`${type}.${label}`);
  if (literalName === undefined) return { label, suffix: SUFFIX, shared };

  // Keys and tokens of an organization share their names, and the old key stays for now.
  const suffix = firstFree(SUFFIX, '-', (end) => taken.secrets.has(literalName + end));
  taken.secrets.add(literalName + suffix);
  const free = firstFree(literalName, '-', (name) => taken.accounts.has(name));
  return { label, suffix, shared, accountName: free === literalName ? undefined : free };
}

/** The same for an account that several keys share. */
export function chooseSharedAccount({ content }: Movable, role: string, taken: Taken): SharedAccount {
  const wanted = `sa-${role.toLowerCase()}`;
  const label = firstFree(wanted, '_', (name) => taken.addresses.has(`${content.kind.account}.${name}`));
  taken.addresses.add(`${content.kind.account}.${label}`);
  const name = firstFree(wanted, '-', (other) => taken.accounts.has(other));
  taken.accounts.add(name);
  return { label, name };
}

function firstFree(name: string, separator: string, isTaken: (name: string) => boolean): string {
  let free = name;
  for (let number = 2; isTaken(free); number++) free = `${name}${separator}${number}`;
  return free;
}
