import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Access, can, canOnServer } from '../../access/can.ts';
import { countedId, type Identity } from '../../access/identity.ts';
import { afterAnswers, afterAnswersOf } from '../../http/answer-steps.ts';
import type { App } from '../../http/app-type.ts';
import { type RefusedCredential, refusedBy } from '../../http/refusal.ts';
import { addressOf } from '../../http/request.ts';
import { Id, nullable, Text, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { type CountedRoute, noteRequest } from './tallies.ts';
import { GROUPS, type SumRow } from './usage.store.ts';
import { usageOf } from './usage.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The credential that was refused, where it is known. */
    refused: RefusedCredential | undefined;
  }
}

const MOST_GROUPS = 10_000;
// Paths that lead nowhere are anybody's invention: one label stands for them all.
const NOWHERE: CountedRoute = { at: 1, name: 'unknown' };

const Group = Type.Object({
  hour: Type.Optional(Timestamp),
  day: Type.Optional(Timestamp),
  status: Type.Optional(Type.String({ examples: ['2xx'] })),
  credential: Type.Optional(
    Type.Object({
      kind: Type.String(),
      id: Id,
      name: nullable(Type.String()),
      owner: Type.Optional(Type.Object({ id: Id, name: Type.String() })),
    }),
  ),
  route: Type.Optional(Type.String({ examples: ['GET /api/folders/:uid'] })),
  address: Type.Optional(Type.String()),
  requests: Type.Integer(),
});

const Found = Type.Object({
  from: Timestamp,
  to: Timestamp,
  keptFor: Type.Integer({ description: 'Seconds' }),
  groups: Type.Array(Group),
  total: Type.Integer(),
  isCut: Type.Boolean(),
});

const described = (description: string) => Type.Optional(Type.String({ ...Text(), description }));

const Question = Type.Object({
  from: described('RFC 3339, a day, or milliseconds since 1970; a day before `to` unless said'),
  to: described('Before this; up to now unless said'),
  groupBy: described(`Any of ${GROUPS.join(', ')}, with commas between; hour unless said`),
  credential: described("A kind and an id, as in token:12; for password and session the person's"),
  route: described('Method and pattern, as in GET /api/folders/:uid'),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_GROUPS })),
});

/** Counts every request to a route that is added from now on, and those that lead nowhere. */
export function countRequests(app: App): void {
  let routes = NOWHERE.at;
  app.decorateRequest('refused', undefined);
  app.addHook('onRoute', (route) => {
    const counted = { at: ++routes, name: `${String(route.method)} ${route.url}` };
    afterAnswersOf(route, (request, reply) => noteAnswer(request, reply, counted));
  });
  afterAnswers(app, (request, reply) => {
    if (request.is404) noteAnswer(request, reply, NOWHERE);
  });
  app.addHook('onError', (request, _reply, error, done) => {
    request.refused = refusedBy(error);
    done();
  });
}

function noteAnswer(request: FastifyRequest, { statusCode }: FastifyReply, route: CountedRoute): void {
  const { identity, refused } = request;
  noteRequest(request.server.context, {
    orgId: identity?.orgId ?? refused?.orgId ?? 0,
    kind: identity?.credential.kind ?? refused?.kind ?? 'none',
    credentialId: identity ? countedId(identity) : (refused?.credentialId ?? 0),
    route,
    status: Math.floor(statusCode / 100),
    address: addressOf(request),
  });
}

export function usageRoutes(app: App): void {
  usageRoute(app, '/api/usage', {
    access: can('serviceaccounts:read', 'serviceaccounts:*'),
    summary: 'Read how often each credential asked what in the current organization, and from where',
    orgIdOf: ({ orgId }) => orgId,
  });

  usageRoute(app, '/api/admin/usage', {
    // Not for who may only read the server: who tries what from where, without a credential, is here.
    access: canOnServer('orgs:write'),
    summary: 'Read how often what was asked that belongs to no organization, and from where',
    orgIdOf: () => null,
  });
}

interface Place {
  access: Access;
  summary: string;
  orgIdOf: (identity: Identity) => number | null;
}

function usageRoute(app: App, path: string, { access, summary, orgIdOf }: Place): void {
  app.get(
    path,
    { config: { access }, schema: { summary, querystring: Question, response: { 200: Found } } },
    async ({ query, identity }) => {
      const { from, to, rows, total, isCut } = await usageOf(app.context, orgIdOf(identity), query);
      const keptFor = app.context.config.usage.keep_for / 1000;
      return { from: timestamp(from), to: timestamp(to), keptFor, groups: rows.map(shown), total, isCut };
    },
  );
}

function shown({ hour, day, status, route, address, requests, ...row }: SumRow) {
  return {
    ...(hour === undefined ? {} : { hour: timestamp(hour) }),
    ...(day === undefined ? {} : { day: timestamp(day) }),
    ...(status === undefined ? {} : { status: `${status}xx` }),
    ...(row.credential_kind === undefined ? {} : { credential: credentialOf(row) }),
    ...(route === undefined ? {} : { route }),
    ...(address === undefined ? {} : { address }),
    requests,
  };
}

function credentialOf(row: Partial<SumRow>) {
  const { credential_kind: kind = '', credential_id: id = 0, name = null } = row;
  const owner = row.owner_id ? { owner: { id: row.owner_id, name: row.owner_name ?? '' } } : {};
  return { kind, id, name, ...owner };
}
