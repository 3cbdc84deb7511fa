import type { Command } from 'commander';
import { readAll } from '../../client/pages.ts';
import type { InventoriedKey } from '../../client/shapes.ts';
import { addCommand, withJson } from '../command.ts';
import { printJson, printTable, say, shortTime, styled } from '../output.ts';
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
      { title: 'ADVICE', flexible: true },
    ],
    keys.map((key) => [
      String(key.id),
      key.name,
      key.isGrafanaAdmin ? `${key.role} (server)` : key.role,
      shortTime(key.created, ''),
      shortTime(key.lastUsedAt, 'never'),
      shortTime(key.expiration, 'never'),
      key.advice.map(({ code }) => code).join(', '),
    ]),
  );
  for (const key of keys) sayMore(key);
}

function sayMore({ name, callers, advice }: InventoriedKey): void {
  if (callers.length + advice.length === 0) return;
  say('');
  say(styled('bold', printable(name)));
  for (const { address, userAgent, reads, writes, lastSeenAt } of callers) {
    const did = reads + writes === 0 ? 'only refused' : `${reads} read, ${writes} written`;
    say(
      printable(
        `  used by  ${userAgent || 'an unnamed program'} at ${address}: ${did}, last ${shortTime(lastSeenAt, '')}`,
      ),
    );
  }
  for (const { text } of advice) say(printable(`  advice   ${text}`));
}
