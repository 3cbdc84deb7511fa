import { OUTCOMES, STEPS } from './step-look.ts';
import type { Explanation } from './use-explain.ts';

/** What it comes to, in a sentence. */
export function verdictOf({ verdict, status, steps }: Explanation): string {
  if (verdict === 'allowed') return 'The server lets this request in';
  if (verdict === 'depends') return 'Nothing refuses this request beforehand: read what is noted below';
  const refusing = steps.find(({ outcome }) => outcome === 'refused');
  const where = refusing === undefined ? '' : `: ${STEPS[refusing.step].toLowerCase()}`;
  return `The server refuses this request${status === null ? '' : ` with ${status}`}${where}`;
}

/** Who asks, as far as that is known. */
export function askerOf({ identity }: Explanation): string | undefined {
  if (identity === undefined) return undefined;
  const { kind, name, login, credential, role, orgName, orgId } = identity;
  const who =
    { user: `The user ${login}`, 'service-account': `The service account ${name}` }[kind] ??
    `The API key ${name}`;
  const by =
    credential.kind === 'token' && credential.name !== '' ? `, with the token ${credential.name}` : '';
  const where = orgId === null || role === null ? '' : `, as ${role} in ${orgName} (organization ${orgId})`;
  return `${who}${by}${where}${identity.isGrafanaAdmin === true ? ', an administrator of the server' : ''}.`;
}

/** All of it as a text for somebody else to read. There is no secret in it: the server tells none. */
export function reportOf(explanation: Explanation): string {
  const { route, steps } = explanation;
  const asker = askerOf(explanation);
  return [
    `${verdictOf(explanation)}.`,
    ...(route === undefined
      ? []
      : [`${route.method} ${route.url}: ${route.summary}. ${route.needs.replaceAll('`', '')}`.trim()]),
    ...(asker === undefined ? [] : [asker]),
    '',
    ...steps.flatMap(({ step, outcome, text, advice = '', commands = [] }, at) => [
      `${at + 1}. ${STEPS[step]} (${OUTCOMES[outcome].title.toLowerCase()}): ${text}`,
      ...(advice === '' ? [] : [`   ${advice}`]),
      ...commands.map((command) => `   $ ${command}`),
    ]),
  ].join('\n');
}
