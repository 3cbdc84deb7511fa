import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { togetherInTurn } from './send-together.ts';

type Step = (request: FastifyRequest, reply: FastifyReply) => void;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What is to be done once an answer of the route is out. */
    afterAnswers?: Step[];
  }
  interface FastifyReply {
    /** Milliseconds from the request to the end of the answer, once it is out. */
    took: number;
  }
}

const before = new WeakMap<FastifyInstance, Step[]>();
const after = new WeakMap<FastifyInstance, Step[]>();
const afterRoutes = new WeakMap<RouteOptions, Step[]>();

/**
 * Has the steps of an app taken before and after its answers, which are sent together; first of all, so that no other hook refuses what
 * is not seen here. One hook for all of it: one for each step costs more than most of them do.
 */
export function watchAnswers(app: FastifyInstance): void {
  const [earlier, later]: [Step[], Step[]] = [[], []];
  before.set(app, earlier);
  after.set(app, later);
  const sendTogether = togetherInTurn();
  // With callbacks: a promise for each would cost as much as all else that is done here.
  app.addHook('onSend', (request, reply, _payload, done) => {
    for (const step of earlier) step(request, reply);
    sendTogether(done);
  });
  app.decorateReply('took', 0);
  // Not with the hook onResponse: for it, Fastify adds and removes two listeners, at a twentieth of all that a request costs.
  app.addHook('onRequest', (request, reply, done) => {
    watch(later, request, reply);
    done();
  });
}

/** Has the steps after answers taken for a request that no hook sees, since no route can be found for it. */
export function watchUnroutable(request: FastifyRequest, reply: FastifyReply): void {
  watch(stepsOf(after, request.server), request, reply);
}

function watch(steps: readonly Step[], request: FastifyRequest, reply: FastifyReply): void {
  const begun = performance.now();
  let isOver = false;
  const finish = (): void => {
    if (isOver) return;
    isOver = true;
    reply.took = performance.now() - begun;
    takeAll(steps, request, reply);
    takeAll(request.routeOptions.config?.afterAnswers ?? [], request, reply);
  };
  reply.raw.on('finish', finish).on('error', finish);
}

/** Nobody waits for these any more: what breaks one of them goes to the log, and holds up neither the others nor the process. */
function takeAll(steps: readonly Step[], request: FastifyRequest, reply: FastifyReply): void {
  for (const step of steps) {
    try {
      step(request, reply);
    } catch (error) {
      request.log.error({ requestId: request.id, err: error }, 'what follows an answer went wrong');
    }
  }
}

/** Takes a step before each answer of an app is sent. */
export function beforeAnswers(app: FastifyInstance, step: Step): void {
  stepsOf(before, app).push(step);
}

/** Takes a step once an answer of an app is out. */
export function afterAnswers(app: FastifyInstance, step: Step): void {
  stepsOf(after, app).push(step);
}

function stepsOf(steps: WeakMap<FastifyInstance, Step[]>, app: FastifyInstance): Step[] {
  const those = steps.get(app);
  if (those === undefined) throw new Error('the answers of the app are not watched');
  return those;
}

/** Takes a step once an answer of a route is out that is just being added. */
export function afterAnswersOf(route: RouteOptions, step: Step): void {
  let steps = afterRoutes.get(route);
  if (steps === undefined) {
    afterRoutes.set(route, (steps = []));
    route.config = { ...route.config, afterAnswers: steps };
  }
  steps.push(step);
}
