import { print, shortTime, type Style, styled, terminalColumns } from '../output.ts';
import { printable, wrap } from '../text.ts';
import type { Attempt, Findings, Identity, Refused } from './investigation.ts';

const READABLE = 80;
const INDENT = 3;
const KINDS: Record<string, string> = { 'api-key': 'API key', 'service-account': 'service account' };

/** Prints what was found out, step by step. */
export function printFindings(findings: Findings): void {
  const { server, refused, identity, access } = findings;
  printServer(findings);
  printCredential(findings);
  if (!server.isOfTheApi) return;

  heading('3. Answer', refused === null);
  if (refused !== null) return printRefused(refused);
  say('200: the server knows it.');
  if (identity !== null) printIdentity(identity);
  printAccess(access);
}

function printServer({ url, server }: Findings): void {
  heading('1. Server', server.problem === null);
  if (server.problem !== null) return printRefused(server.problem);
  say(`${url} answers: version ${server.version ?? 'unknown'}, database ${server.database ?? 'unknown'}.`);
}

function printCredential({ credential }: Findings): void {
  heading('2. Credential', credential.isWellFormed);
  if (credential.source !== undefined) say(`From ${credential.source}.`);
  say(credential.says);
  if (credential.header !== undefined) {
    say(`Sent as "Authorization: ${credential.header} …", the right form of the header.`);
  }
  if (credential.mend !== undefined) advise(credential.mend);
  for (const other of credential.leftOut) say(`Not sent to this server: ${other}.`);
  if (credential.inTheClear) advise('It goes over the network unencrypted: use https.');
}

function printIdentity({ kind, name, login, org, role, isServerAdmin, expiresAt }: Identity): void {
  heading('4. Who it is', true);
  const called = [name, login === name ? '' : login].filter((part) => part !== '').join(', ');
  say(`The ${KINDS[kind] ?? kind} ${called}.`);
  const place = `organization ${org.id}${org.name === null ? '' : `, ${JSON.stringify(org.name)}`}`;
  say(role === null ? `In ${place}.` : `${role} in ${place}.`);
  if (isServerAdmin) say('It administers the whole server.');
  if (kind !== 'user')
    say(expiresAt === null ? 'It never expires.' : `It expires ${shortTime(expiresAt, '')} UTC.`);
}

function printAccess(access: readonly Attempt[]): void {
  heading('5. What it may do', true);
  const width = Math.max(...access.map(({ call }) => call.length));
  for (const { call, purpose, allowed, status, reason, mend } of access) {
    const verdict = verdictOn(allowed);
    print(`${' '.repeat(INDENT)}${verdict}  ${call.padEnd(width)}  ${purpose}`);
    const unknown = allowed === null ? 'not known: ' : '';
    if (reason !== undefined) say(`${unknown}${status} ${reason}`, { indent: INDENT + 5 });
    if (mend !== undefined) advise(mend, INDENT + 5);
  }
}

function verdictOn(allowed: boolean | null): string {
  if (allowed === null) return styled('yellow', '?  ');
  return allowed ? styled('green', 'yes') : styled('red', 'no ');
}

function printRefused({ status, message, advice }: Refused): void {
  say(status === null ? message : `${status} ${message}`, { style: 'red' });
  for (const sentence of advice) advise(sentence);
}

function heading(title: string, isFine: boolean): void {
  print(`${styled('bold', title)}  ${isFine ? styled('green', 'ok') : styled('red', 'LOOK HERE')}`);
}

function advise(text: string, indent = INDENT): void {
  say(text, { mark: '-> ', indent });
}

function say(text: string, options: { indent?: number; mark?: string; style?: Style } = {}): void {
  const { indent = INDENT, mark = '', style } = options;
  const room = Math.min(terminalColumns(), READABLE) - indent - mark.length;
  for (const [at, part] of wrap(printable(text), room).entries()) {
    const begin = ' '.repeat(indent) + (at === 0 ? mark : ' '.repeat(mark.length));
    print(begin + (style === undefined ? part : styled(style, part)));
  }
}
