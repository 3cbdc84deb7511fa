import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';

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

// One hook for all steps of an app or route: one for each costs more than most of them do.
const before = new WeakMap<FastifyInstance, Step[]>();
const after = new WeakMap<FastifyInstance, Step[]>();
const afterRoutes = new WeakMap<RouteOptions, Step[]>();

/** Takes a step before each answer of an app is sent. */
export function beforeAnswers(app: FastifyInstance, step: Step): void {
  const steps = before.get(app) ?? [];
  if (steps.push(step) > 1) return;
  before.set(app, steps);
  app.addHook('onSend', (request, reply, _payload, done) => {
    for (const each of steps) each(request, reply);
    done();
  });
}

/** Has the steps of an app taken once its answers are out; first of all, so that no other hook refuses what is not seen here. */
export function watchAnswers(app: FastifyInstance): void {
  const steps: Step[] = [];
  after.set(app, steps);
  app.decorateReply('took', 0);
  // Not with the hook onResponse: for it, Fastify adds and removes two listeners, at a twentieth of all that a request costs.
  app.addHook('onRequest', (request, reply, done) => {
    const begun = performance.now();
    let isOver = false;
    const finish = (): void => {
      if (isOver) return;
      isOver = true;
      reply.took = performance.now() - begun;
      takeAll(steps, request, reply);
      takeAll(request.routeOptions.config.afterAnswers ?? [], request, reply);
    };
    reply.raw.on('finish', finish).on('error', finish);
    done();
  });
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

/** Takes a step once an answer of an app is out. */
export function afterAnswers(app: FastifyInstance, step: Step): void {
  const steps = after.get(app);
  if (steps === undefined) throw new Error('the answers of the app are not watched');
  steps.push(step);
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
