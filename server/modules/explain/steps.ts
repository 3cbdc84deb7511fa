import { MAIN_ORG_ID } from '../../access/basic-roles.ts';

/** What the server looks at, in its order. */
export const STEPS = [
  'route',
  'credential',
  'account',
  'validity',
  'organization',
  'limit',
  'permission',
  'person',
  'rule',
] as const;
export type StepName = (typeof STEPS)[number];

export const OUTCOMES = ['passed', 'refused', 'noted', 'not reached'] as const;

/** What to change, in words and, where that helps, as lines for a shell. */
export interface Remedy {
  advice?: string;
  commands?: string[];
}

export interface Step extends Remedy {
  step: StepName;
  outcome: (typeof OUTCOMES)[number];
  text: string;
}

export const passed = (step: StepName, text: string): Step => ({ step, outcome: 'passed', text });
export const noted = (step: StepName, text: string): Step => ({ step, outcome: 'noted', text });
export const refused = (step: StepName, text: string, remedy: Remedy = {}): Step => ({
  step,
  outcome: 'refused',
  text,
  ...remedy,
});

const UNASKED: Record<StepName, string> = {
  route: 'Whether there is such a call.',
  credential: 'Whether the credential is one that is known here.',
  account: 'Whether whoever has the credential is enabled.',
  validity: 'Whether the credential is revoked or expired.',
  organization: 'In which organization the request acts, and whether it may.',
  limit: 'Whether it asks more often than is allowed.',
  permission: 'Whether it has the permission that the call needs.',
  person: 'Whether it is a person who asks: this call is for people only.',
  rule: 'What the call itself makes of the request.',
};

/** The steps with those behind them that a refusal kept from being reached; not whether it asks too often, which is not always asked. */
export function withUnreached(steps: readonly Step[], isForPeople: boolean): Step[] {
  const reached = new Set(steps.map(({ step }) => step));
  const missing = STEPS.filter(
    (step) => !reached.has(step) && step !== 'limit' && (step !== 'person' || isForPeople),
  );
  return [
    ...steps,
    ...missing.map((step) => ({ step, outcome: 'not reached', text: UNASKED[step] }) as const),
  ];
}

/** A time as people read it. */
export function timeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The option by which a command acts in an organization; none for the main one, where it acts by itself. */
export function inOrg(orgId: number = MAIN_ORG_ID): string {
  return orgId === MAIN_ORG_ID ? '' : ` --org ${orgId}`;
}

/** A word of a command as a shell takes it. */
export function shellWord(text: string): string {
  // It would be taken for an option.
  if (text.startsWith('-')) return 'NAME';
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
