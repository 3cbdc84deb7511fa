import type { Identity, Proof } from '../../access/identity.ts';
import type { RequestContext } from '../../context.ts';
import { badRequest } from '../../errors.ts';
import type { CredentialRow } from '../credentials/credentials.ts';
import { limitStep } from './limit-step.ts';
import { organizationStep } from './organization-step.ts';
import { permissionSteps } from './permission-steps.ts';
import { isSelf, mayKnowAdministrator, type Pick, requirePicked } from './picked.ts';
import { type AskedRoute, type Place, type Routes, routeStep } from './route-step.ts';
import { noted, type Step, withUnreached } from './steps.ts';
import { inOrgOf } from './subject.ts';
import { type Shown, whoSteps } from './who-step.ts';

/** A request as it was pasted, or put together. */
export interface AskedRequest {
  method: string;
  path: string;
  shown: Shown;
  picked: Pick | undefined;
}

/** How the server finds out what an explanation asks; each as for a request, but leaving nothing behind. */
export interface Means {
  routes: Routes;
  prove: () => Promise<Proof>;
  requestedOrg: (query: Place['query']) => number | undefined;
}

/** Who would ask; without an organization where that was refused. */
export interface Known {
  proof: Proof;
  row: CredentialRow | undefined;
  identity: Identity | undefined;
  orgName: string;
  /** Undefined where it is not told. */
  isServerAdmin: boolean | undefined;
}

export interface Explanation {
  verdict: 'allowed' | 'refused' | 'depends';
  /** What is answered; null where that cannot be said. */
  status: number | null;
  steps: Step[];
  route: AskedRoute | undefined;
  known: Known | undefined;
}

/**
 * What the server decides about a request, step by step and by the very code that decides. Throws 403 and 404 for what the actor
 * may not ask about.
 */
export async function explain(
  context: RequestContext,
  asked: AskedRequest,
  means: Means,
): Promise<Explanation> {
  const { shown, picked } = asked;
  if (picked !== undefined && (shown.authorization !== undefined || shown.hasCookie))
    throw badRequest('send either a credential, in headers, or the name of one, in credential');
  const provePicked = picked && (await requirePicked(context, picked));
  const { step, place, isBehindProxy } = await routeStep(context, means.routes, asked);
  const { route, parameters, query, status } = place;
  const end = ending(route);
  if (route?.access.kind === 'open') return openRoute(route, step, route.looksItself || isBehindProxy);
  // What cannot be read is refused before anybody is looked at.
  if (route === undefined && status !== 404) return end([step], { status });

  const who = await whoSteps(context, picked ? undefined : shown, provePicked ?? means.prove);
  const steps = [step, ...who.steps];
  const { proof, row } = who;
  if (proof === undefined) return end(steps, { status: who.status });
  const isPicked = picked !== undefined;
  const requestedOrg = () => means.requestedOrg(query);
  const where = await organizationStep(context, proof, { requestedOrg, isPicked });
  steps.push(where.step);
  const { identity, orgName = '' } = where;
  const isOwn = !isPicked || isSelf(context, proof.principal);
  const knowsAdministrator = mayKnowAdministrator(context, proof.principal, isOwn);
  const isServerAdmin = knowsAdministrator ? proof.principal.isServerAdmin : undefined;
  const known = { proof, row, identity, orgName, isServerAdmin };
  if (identity === undefined) return end(steps, { status: where.status, known });
  const limit = limitStep(context, proof);
  if (limit !== undefined) steps.push(limit);
  if (limit?.outcome === 'refused') return end(steps, { status: 429, known });
  if (route === undefined) return end(steps, { status, known });

  const subject = {
    context: { ...context, actor: identity },
    isOwn,
    asker: inOrgOf(context, identity.orgId),
  };
  const admission = await permissionSteps(subject, { route, parameters }, { knowsAdministrator });
  steps.push(...admission.steps);
  return end(steps, { status: admission.status, known, depends: admission.depends || isBehindProxy });
}

interface End {
  /** Of the refusal, where there is one. */
  status?: number | undefined;
  known?: Known;
  depends?: boolean;
}

function ending(route: AskedRoute | undefined) {
  return (steps: Step[], { status, known, depends = false }: End): Explanation => ({
    verdict: status !== undefined ? 'refused' : depends ? 'depends' : 'allowed',
    status: status ?? (depends ? null : (route?.success ?? null)),
    steps: withUnreached(steps, route?.isForPeople ?? false),
    route,
    known,
  });
}

function openRoute(route: AskedRoute, step: Step, depends: boolean): Explanation {
  const { access, looksItself, success } = route;
  const why = access.kind === 'open' ? access.why : '';
  return {
    verdict: depends ? 'depends' : 'allowed',
    status: depends ? null : success,
    steps: [
      step,
      noted('permission', `Nobody has to say who they are: ${why}.`),
      noted(
        'rule',
        looksItself
          ? 'The call itself looks at what was sent, and may refuse it.'
          : 'No credential is looked at, not even a wrong one.',
      ),
    ],
    route,
    known: undefined,
  };
}
