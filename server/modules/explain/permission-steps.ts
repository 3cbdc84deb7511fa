import { namedScopes, type Parameters } from '../../access/admission.ts';
import type { Access } from '../../access/can.ts';
import { heldFrom } from './held-from.ts';
import { ownRulesOf } from './own-rules.ts';
import { remedyFor, settingsThatWould } from './remedies.ts';
import type { AskedRoute } from './route-step.ts';
import { noted, passed, refused, type Step } from './steps.ts';
import { accessRefusal, asIf, conditionRefusal, isLetIn, type Request, type Subject } from './subject.ts';

const IS_PERSON = passed('person', 'The call is for people only, and this is one.');
const DECIDES =
  'The call itself decides the rest, on what it is then: it leaves out, or refuses, what may not be seen or changed.';
const ONLY_IT =
  'Whether there is such a thing, and whether what is sent is right, only the call itself finds out.';

/** What the guard makes of somebody who is known: let in, refused with a status, or what cannot be said. */
export interface Admission {
  steps: Step[];
  status?: number;
  /** Whether the answer depends on what is not told, or not known before the call itself looks. */
  depends: boolean;
}

/** Asks what the guard asks, and says from what it is held or what would be enough. */
export async function permissionSteps(
  given: Subject,
  request: Request,
  { knowsAdministrator }: { knowsAdministrator: boolean },
): Promise<Admission> {
  const subject = knowsAdministrator ? given : await withoutAdministrator(given, request);
  if (subject === undefined) {
    const text = 'Whether this user administers the server decides it, and that is not for you to know.';
    return { steps: [noted('permission', text)], depends: true };
  }
  const refusal = await accessRefusal(subject.context, request);
  if (refusal !== undefined) {
    const { role, orgId } = subject.context.actor;
    const text = `${refusal.message}. It has the role ${role} in organization ${orgId}.`;
    const step = refused('permission', text, await remedyFor(subject, request));
    return { steps: [step], status: refusal.status, depends: false };
  }
  const permission = passed('permission', await passedText(subject, request));
  const rest = await conditionSteps(subject, request);
  return { ...rest, steps: [permission, ...rest.steps] };
}

/** The subject as if it did not administer the server; undefined where just that decides. */
async function withoutAdministrator(subject: Subject, request: Request): Promise<Subject | undefined> {
  const plain = asIf(subject.context, { isServerAdmin: false });
  const asAdministrator = asIf(subject.context, { isServerAdmin: true });
  const isSame = (await isLetIn(plain, request)) === (await isLetIn(asAdministrator, request));
  return isSame ? { ...subject, context: plain } : undefined;
}

async function passedText(subject: Subject, request: Request): Promise<string> {
  const { access } = request.route;
  if (access.kind === 'signed-in') return `Anybody signed in may ask: ${access.why}.`;
  const from = await heldFrom(subject, request);
  return `${needText(access, request.parameters)} is needed. It is held from ${from.join('; ')}.`;
}

function needText(access: Access, parameters: Parameters): string {
  if (access.kind === 'open' || access.kind === 'signed-in') return '';
  const actions = access.kind === 'server' ? [access.action] : access.actions;
  const scopes = namedScopes(access, parameters);
  const isLookedUp = scopes.length === 0 && access.scopes.length > 0;
  const on = scopes.length > 0 ? ` on ${scopes.join(' or ')}` : isLookedUp ? ' on what the path names' : '';
  return actions.join(' or ') + on;
}

async function conditionSteps({ context, isOwn }: Subject, request: Request): Promise<Admission> {
  const { route } = request;
  const refusal = await conditionRefusal(context, request);
  if (refusal === undefined) {
    const last = ruleStep(route);
    return { ...last, steps: [...(route.isForPeople ? [IS_PERSON] : []), ...last.steps] };
  }
  const { status } = refusal;
  if (route.isForPeople) {
    const step = refused('person', `${refusal.message}.`, { advice: refusal.detail ?? '' });
    return { steps: [step], status, depends: false };
  }
  // That there is no such thing is told to whose request it is.
  if (status !== 403 && !isOwn) return { steps: [noted('rule', DECIDES)], depends: true };
  const advice = [refusal.detail ?? '', ...(await settingsThatWould(context, request))].join(' ').trim();
  return { steps: [refused('rule', `${refusal.message}.`, { advice })], status, depends: false };
}

/** What the call itself makes of the request, as far as that can be said of it. */
function ruleStep(route: AskedRoute): Admission {
  const { access } = route;
  const decides = access.kind === 'signed-in' || (access.kind === 'org' && access.asksAgain);
  const own = ownRulesOf(route);
  const texts = [
    ...(decides ? [DECIDES] : []),
    ...(own.length > 0 ? [`The call may still refuse what is sent: ${own.join(' ')}`] : []),
  ];
  const text = texts.length > 0 ? texts.join(' ') : ONLY_IT;
  return { steps: [noted('rule', text)], depends: texts.length > 0 };
}
