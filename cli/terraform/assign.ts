import { edited } from './edits.ts';
import { literalOf } from './key-block.ts';
import type { Movable } from './judge.ts';
import { settle } from './settle.ts';

/** An account that is to be, with the keys whose tokens it gets. */
export interface Assignment {
  keys: Movable[];
  /** The role, where several keys may share the account because they have it. */
  sharedRole: string | undefined;
}

/** Arguments that keys of one account have to have in common. */
const IN_COMMON = ['provider', 'org_id', 'stack_slug', 'cloud_stack_slug'];
const SIMPLE = new Set([...IN_COMMON, 'name', 'role', 'seconds_to_live']);

/** Which keys get which account: each its own, or one for all keys of a role that agree in everything else. */
export function assign(keys: readonly Movable[], { groupByRole }: { groupByRole: boolean }): Assignment[] {
  const groups = Map.groupBy(keys, (key) => (groupByRole ? (whatIsShared(key) ?? key) : key));
  return [...groups].map(([shared, members]) => ({
    keys: members,
    sharedRole: typeof shared === 'string' ? roleOf(shared) : undefined,
  }));
}

/** What a setting of a key says, as it is written. */
export function textOfSetting({ content, source }: Movable, name: string): string | undefined {
  const setting = content.body.entries.find((entry) => entry.kind === 'setting' && entry.name === name);
  return setting?.kind === 'setting' ? source.text.slice(setting.value.start, setting.value.end) : undefined;
}

function whatIsShared(key: Movable): string | undefined {
  const role = literalOf(textOfSetting(key, 'role') ?? '');
  const isSimple = key.content.body.entries.every(
    (entry) => entry.kind !== 'section' && isSimpleEntry(entry),
  );
  if (role === undefined || !isSimple || readsAccount(key)) return undefined;
  return JSON.stringify([
    role,
    key.content.kind.account,
    ...IN_COMMON.map((name) => textOfSetting(key, name)),
  ]);
}

function isSimpleEntry(entry: Movable['content']['body']['entries'][number]): boolean {
  return entry.kind === 'remarks' || SIMPLE.has(entry.name);
}

function roleOf(shared: string): string {
  return (JSON.parse(shared) as string[])[0] ?? '';
}

/** A shared account has a name of its own, which is not what `.name` of the key was. */
function readsAccount({ content, block, references }: Movable): boolean {
  return references.some(({ source, reference }) => {
    const names = { label: block.label, suffix: '' };
    const settled = settle(reference, { ...content, names, textOf: edited(source.text, []) });
    return (
      'edits' in settled &&
      settled.edits.some(
        ({ text }) => text.startsWith(content.kind.account) && !text.startsWith(content.kind.token),
      )
    );
  });
}
