import type { Command } from 'commander';
import type { Answer } from '../../client/answer.ts';
import { addCommand, withJson } from '../command.ts';
import { EXIT, Failure, usageFailure } from '../failure.ts';
import { printJson, printTable, say } from '../output.ts';
import { readSecret } from '../prompt.ts';
import { connect, type ConnectionFlags, withConnection } from './connection.ts';

type Judged = Answer<'/api/leaks', 'post'>[number];
type Flags = ConnectionFlags & { json?: boolean; url?: string; foundAt?: string };

const MOST = 1000;
const SECRET = /glsa_\w+|glc_[\w+/=-]+|eyJ[\w+/=-]+/g;

/** `latchkey leaks …` */
export function addLeaks(program: Command): void {
  const leaks = addCommand(program, 'leaks', {
    summary: 'keys and tokens that somebody found where they should not be',
    examples: ['latchkey leaks revoke < found.txt'],
  });
  const revoke = addCommand(leaks, 'revoke', {
    summary: 'revoke the keys and tokens that stand in the lines on standard input',
    examples: [
      'latchkey leaks revoke < found.txt',
      'grep -rhE "glsa_|glc_|eyJrIjoi" . | latchkey leaks revoke',
      'latchkey leaks revoke --found-at https://example.org/paste/17 < found.txt',
    ],
    more:
      'Of every organization and stack, and cloud keys and tokens of policies too, which are deleted; so it takes an administrator of ' +
      'the server. What is not known here is told, and nothing is done with it. Exit code 6 says that something was not known.',
  }).option('--found-at <address>', 'where they were found, for the record of changes');
  withConnection(withJson(revoke)).action(async (flags: Flags) => {
    const lines = linesBySecret(await readSecret('key or token'));
    const secrets = [...lines.keys()];
    if (secrets.length > MOST) throw usageFailure(`more than ${MOST} at once; send them in parts`);
    const client = await connect(flags);
    const place = flags.foundAt === undefined ? {} : { url: flags.foundAt };
    const found = secrets.map((token) => ({ token, ...place }));
    const judged = await client.request<Judged[]>('POST', '/api/leaks', found);
    if (flags.json) printJson(judged);
    else printJudged(judged);
    const unknown = secrets.filter((_, at) => judged[at]?.credential === undefined);
    if (unknown.length === 0) return;
    for (const secret of unknown) say(`Line ${lines.get(secret)} is not known here: ${formOf(secret)}`);
    throw new Failure(EXIT.partly, `${unknown.length} of ${judged.length} are not known here`);
  });
}

/** What may be a key or token, with the first line that it stands in: whatever has the form of one, else the line as it is. */
function linesBySecret(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  for (const [at, line] of text.split('\n').entries()) {
    for (const secret of line.match(SECRET) ?? [line.trim()]) {
      if (secret !== '' && !lines.has(secret)) lines.set(secret, at + 1);
    }
  }
  return lines;
}

/** What a secret looks like, without any of it. */
function formOf(secret: string): string {
  const [form] = /^(?:glsa_|glc_|eyJ)/.exec(secret) ?? [];
  return form === undefined ? 'nothing that looks like a key or token' : `${form}…`;
}

function printJudged(judged: readonly Judged[]): void {
  const known = judged.flatMap(({ credential }) => credential ?? []);
  if (known.length === 0) return;
  say(`Revoked ${known.length}:`);
  printTable(
    [
      { title: 'KIND' },
      { title: 'ID', align: 'right' },
      { title: 'NAME', flexible: true },
      { title: 'ORG', align: 'right' },
      { title: 'WHERE' },
    ],
    known.map(({ kind, id, name, orgId, stack, cloudOrg }) => [
      kind,
      String(id),
      name,
      String(orgId),
      stack === undefined ? (cloudOrg ?? '') : `stack ${stack}`,
    ]),
  );
}
