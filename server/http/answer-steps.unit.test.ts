import fastify, { type FastifyBaseLogger } from 'fastify';
import { expect, test } from 'vitest';
import { afterAnswers, afterAnswersOf, watchAnswers } from './answer-steps.ts';

test('a step that breaks after an answer is told in the log, and the other steps and the next requests go on', async () => {
  const told: unknown[] = [];
  const log = { error: (_fields: object, text: string) => told.push(text) };
  const silent = () => {};
  const app = fastify({
    childLoggerFactory: () =>
      ({
        ...log,
        info: silent,
        warn: silent,
        debug: silent,
        fatal: silent,
        trace: silent,
        child: () => log,
      }) as unknown as FastifyBaseLogger,
  });
  const taken: string[] = [];
  watchAnswers(app);
  app.addHook('onRoute', (route) => {
    afterAnswersOf(route, ({ method }, { statusCode, took }) =>
      taken.push(`${method} ${statusCode} ${took > 0}`),
    );
  });
  afterAnswers(app, () => {
    throw new Error('a step is broken');
  });
  app.get('/', () => 'ok');
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  for (const method of ['GET', 'HEAD', 'GET']) expect((await fetch(url, { method })).status).toBe(200);
  await expect.poll(() => taken).toEqual(['GET 200 true', 'HEAD 200 true', 'GET 200 true']);
  await app.close();
  expect(told).toEqual(Array.from({ length: 3 }, () => 'what follows an answer went wrong'));
});
