import type { Command } from 'commander';
import { readAll } from '../../client/pages.ts';
import type { InventoriedKey } from '../../client/shapes.ts';
import { addCommand, withJson } from '../command.ts';
import { printJson, printTable, say, shortTime } from '../output.ts';
import { printable } from '../text.ts';
import { connect, type ConnectionFlags, withConnection } from './connection.ts';

type Flags = ConnectionFlags & { json?: boolean };

/** `latchkey keys inventory` */
export function addInventory(keys: Command): void {
  const inventory = addCommand(keys, 'inventory', {
    summary: 'who uses which key, and what to do about it',
    examples: ['latchkey keys inventory', 'latchkey keys inventory --json | jq "map(.callers)"'],
    more: 'Callers are kept for keys only, the latest twenty of each; keys that have moved are no longer listed.',
  });
  withConnection(withJson(inventory)).action(async (flags: Flags) => {
    const client = await connect(flags);
    const found = await readAll<InventoriedKey[], InventoriedKey>(client, {
      path: '/api/auth/keys/inventory',
      itemsOf: (page) => page,
      keyOf: ({ id }) => id,
    });
    if (flags.json) return printJson(found);
    if (found.length === 0) return say('There are no keys: nothing is left to move.');
    printKeys(found);
  });
}

function printKeys(keys: readonly InventoriedKey[]): void {
  printTable(
    [
      { title: 'ID', align: 'right' },
      { title: 'NAME', flexible: true },
      { title: 'ROLE' },
      { title: 'MADE (UTC)' },
      { title: 'LAST USED (UTC)' },
      { title: 'EXPIRES (UTC)' },
      { title: 'LATEST CALLER', flexible: true },
      { title: 'ADVICE', flexible: true },
    ],
    keys.map((key) => [
      String(key.id),
      key.name,
      key.isGrafanaAdmin ? `${key.role} (server)` : key.role,
      shortTime(key.created, ''),
      shortTime(key.lastUsedAt, 'never'),
      shortTime(key.expiration, 'never'),
      latestCaller(key),
      key.advice.map(({ code }) => code).join(', '),
    ]),
  );
  for (const { name, advice } of keys) {
    for (const { code, text } of advice) say(printable(`${name}: ${code}: ${text}`));
  }
}

function latestCaller({ callers }: InventoriedKey): string {
  const [latest, ...others] = callers;
  if (latest === undefined) return '';
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${latest.address} ${latest.userAgent}${more}`;
}
