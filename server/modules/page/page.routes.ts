import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { open } from '../../access/can.ts';
import { ApiError, notFound } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import { GUARDS_OF_DOCUMENTS } from '../../http/guard-answers.ts';
import { isRead } from '../../http/methods.ts';
import { FILES, isFileOfPage, PAGE_DIRECTORY, renderPage } from './page.ts';

// The name of what was built changes with its content, so that it can be kept for good.
const BUILT = /-[\w-]{8}\.\w+$/;
const FOR_GOOD = { immutable: true, maxAge: '1y' };
const FOR_AN_HOUR = { immutable: false, maxAge: '1h' };
// The parts of the API and of the page's own files: what is not there is not there, and no page stands for it.
const NO_PAGES = /^\/(api|apis|public)(?![^/?])/;

const access = open('it holds no data: what it shows, it asks of the API as whoever has signed in');
const answersPage = { 200: { content: { 'text/html': { schema: Type.String() } } } };

/** The page for people at `/` and `/login`, and the files that it is made of. */
export async function pageRoutes(app: App): Promise<void> {
  await app.register(fastifyStatic, {
    root: PAGE_DIRECTORY,
    serve: false,
    preCompressed: true,
  });

  for (const [url, summary] of [
    ['/', 'Read the page for people'],
    ['/login', 'Read the page on which people sign in'],
  ] as const) {
    app.get(
      url,
      { config: { access }, schema: { summary, response: answersPage } },
      (request, reply) => sendPage(request, reply) as unknown as string,
    );
  }

  app.get(
    `/${FILES}:file`,
    {
      config: { access },
      schema: {
        summary: 'Read a file of the page for people',
        params: Type.Object({ file: Type.String() }),
        response: { 200: { content: { 'text/javascript': { schema: Type.String() } } } },
      },
    },
    ({ params: { file } }, reply) => {
      if (!isFileOfPage(file)) throw notFound('Not found');
      return reply.sendFile(FILES + file, BUILT.test(file) ? FOR_GOOD : FOR_AN_HOUR) as unknown as string;
    },
  );
}

/** Whether a browser asks for a page that has an address of its own: the page itself finds out which. */
export function asksForPage({ method, url, headers }: FastifyRequest): boolean {
  return isRead(method) && (headers.accept ?? '').includes('text/html') && !NO_PAGES.test(url);
}

/** Answers with the page. Throws 503 where it has not been built. */
export function sendPage({ server }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const page = renderPage(server.context.config.server.root_url);
  if (page === undefined) {
    throw new ApiError(503, 'page-not-built', 'The page has not been built', {
      detail: 'Run "npm run build:page" and try again; the API works without it.',
    });
  }
  return reply
    .type('text/html; charset=utf-8')
    .headers({ 'content-security-policy': page.policy, ...GUARDS_OF_DOCUMENTS })
    .send(page.html);
}
