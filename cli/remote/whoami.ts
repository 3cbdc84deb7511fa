import type { Command } from 'commander';
import { addCommand, withJson } from '../command.ts';
import { printJson } from '../output.ts';
import { type ConnectionFlags, findConnection, withConnection } from './connection.ts';
import { investigate } from './investigation.ts';
import { printFindings } from './findings-page.ts';

/** `latchkey whoami` */
export function addWhoami(program: Command): void {
  const whoami = addCommand(program, 'whoami', {
    summary: 'find out who a credential is, what it may do, and why not',
    examples: [
      'latchkey whoami',
      'LATCHKEY_TOKEN=$KEY latchkey whoami --url http://127.0.0.1:3000',
      'latchkey whoami --org 2',
      'latchkey whoami --json | jq .identity.role',
    ],
    more: 'Exit code: 0 when the credential works, 3 for 401, 4 for 403, 5 when no server answers, 6 when it works and something stays unknown.',
  });
  withConnection(withJson(whoami)).action(async (flags: ConnectionFlags & { json?: boolean }) => {
    const findings = await investigate(await findConnection(flags));
    process.exitCode = findings.exitCode;
    if (flags.json) return printJson(findings);
    printFindings(findings);
  });
}
