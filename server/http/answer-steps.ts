import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';

type Step = (request: FastifyRequest, reply: FastifyReply) => void;

// One hook for all steps of an app or route: one for each costs more than most of them do.
const before = new WeakMap<FastifyInstance, Step[]>();
const after = new WeakMap<FastifyInstance | RouteOptions, Step[]>();

/** Takes a step before each answer of an app is sent. */
export function beforeAnswers(app: FastifyInstance, step: Step): void {
  const hook = (steps: Step[]): void => {
    app.addHook('onSend', (request, reply, _payload, done) => {
      for (const each of steps) each(request, reply);
      done();
    });
  };
  stepsOf(before, app, hook).push(step);
}

/** Takes a step once an answer of an app is out. */
export function afterAnswers(app: FastifyInstance, step: Step): void {
  stepsOf(after, app, (steps) => void app.addHook('onResponse', taking(steps))).push(step);
}

/** Takes a step once an answer of a route is out that is just being added. */
export function afterAnswersOf(route: RouteOptions, step: Step): void {
  const hook = (steps: Step[]): void => {
    route.onResponse = [taking(steps), ...[route.onResponse ?? []].flat()];
  };
  stepsOf(after, route, hook).push(step);
}

function taking(steps: readonly Step[]) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    for (const step of steps) step(request, reply);
    done();
  };
}

function stepsOf<Of extends object>(
  known: WeakMap<Of, Step[]>,
  of: Of,
  hook: (steps: Step[]) => void,
): Step[] {
  const there = known.get(of);
  if (there) return there;
  const steps: Step[] = [];
  known.set(of, steps);
  hook(steps);
  return steps;
}
