import { type Static, type TSchema, Type } from 'typebox';
import type { Condition } from '../../access/admission.ts';
import { can, canAny } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { contextOf } from '../../http/request.ts';
import { FreeJson, Id, IdParams, Message, nullable, Text } from '../../http/schemas.ts';
import {
  addAnnotation,
  changeAnnotation,
  OF_ORG,
  removeAnnotation,
  removeAnnotations,
  requireChangeable,
} from './annotations.ts';
import { LONGEST_TAG, MOST_TAGS } from './values.ts';

const LONGEST_TEXT = 65_536;
// The last millisecond that RFC 3339 can write.
const LAST_MS = 253_402_300_799_999;

const optional = <T extends TSchema>(schema: T) => Type.Optional(nullable(schema));
const Time = optional(Type.Integer({ minimum: 0, maximum: LAST_MS }));
// 0 is none, as in Grafana.
const Named = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Tags = Type.Array(Text(LONGEST_TAG), { maxItems: MOST_TAGS, examples: [['production']] });

const Changes = Type.Object({
  time: Time,
  timeEnd: Time,
  text: optional({ ...Text(LONGEST_TEXT), examples: ['Deployed version 12'] }),
  tags: optional(Tags),
  data: optional(FreeJson),
});
const Place = Type.Object({
  dashboardUID: optional(Text()),
  dashboardId: optional(Named),
  panelId: optional(Named),
});

const GraphiteEvent = Type.Object({
  what: optional({ ...Text(LONGEST_TEXT), examples: ['Deployed version 12'] }),
  // A list, or a text of words with blanks between them.
  tags: Type.Optional(
    Type.Unsafe<string | string[] | null>({
      ...Text(LONGEST_TAG * MOST_TAGS),
      ...Tags,
      type: ['string', 'array', 'null'],
      examples: ['production web'],
    }),
  ),
  when: optional(Type.Integer({ minimum: 0, maximum: Math.floor(LAST_MS / 1000) })),
  data: optional(Text(LONGEST_TEXT)),
});

const Added = Type.Object({ message: Type.String(), id: Id });

export function annotationChangesRoutes(app: App): void {
  app.post(
    '/api/annotations',
    {
      // Of which type, and on which dashboard, is known once the body is read; the rule asks for it then.
      config: { access: canAny('annotations:create'), mayAnswer: [404] },
      schema: {
        body: Type.Object({ ...Changes.properties, ...Place.properties }),
        response: { 200: Added },
      },
    },
    async (request) => {
      const words = { refusal: 'Failed to save annotation', nameOfText: 'text' };
      const id = await addAnnotation(contextOf(request), request.body, words);
      return { message: 'Annotation added', id };
    },
  );

  app.post(
    '/api/annotations/graphite',
    {
      config: { access: can('annotations:create', OF_ORG) },
      schema: {
        summary: 'Add an annotation in the form of Graphite',
        body: GraphiteEvent,
        response: { 200: Added },
      },
    },
    async (request) => {
      const words = { refusal: 'Failed to save Graphite annotation', nameOfText: 'what' };
      const id = await addAnnotation(contextOf(request), valuesOf(request.body), words);
      return { message: 'Graphite annotation added', id };
    },
  );

  app.post(
    '/api/annotations/mass-delete',
    {
      config: { access: canAny('annotations:delete'), mayAnswer: [404] },
      schema: {
        summary: 'Delete one annotation, or all of one panel',
        body: Type.Object({ annotationId: optional({ ...Named, examples: [1] }), ...Place.properties }),
        response: { 200: Message },
      },
    },
    async (request) => {
      await removeAnnotations(contextOf(request), request.body);
      return { message: 'Annotations deleted' };
    },
  );

  for (const [method, isWhole, message] of [
    ['PUT', true, 'Annotation updated'],
    ['PATCH', false, 'Annotation patched'],
  ] as const) {
    app.route({
      method,
      url: '/api/annotations/:id',
      config: { access: canAny('annotations:write'), condition: requireItsDashboard },
      schema: { params: IdParams, body: Changes, response: { 200: Message } },
      handler: async (request) => {
        await changeAnnotation(contextOf(request), request.params.id, request.body, { isWhole });
        return { message };
      },
    });
  }

  app.delete(
    '/api/annotations/:id',
    {
      config: { access: canAny('annotations:delete') },
      schema: { params: IdParams, response: { 200: Message } },
    },
    async (request) => {
      await removeAnnotation(contextOf(request), request.params.id);
      return { message: 'Annotation deleted' };
    },
  );
}

/** Has what may not be changed be refused before the body is judged; the rule asks once more. */
const requireItsDashboard: Condition = async (context, { id }) => {
  if (Number.isSafeInteger(Number(id))) await requireChangeable(context, 'annotations:write', Number(id));
};

function valuesOf({ what, tags, when, data }: Static<typeof GraphiteEvent>) {
  const text = what && data ? `${what}\n${data}` : (what ?? '');
  return { text, time: (when ?? 0) * 1000, tags: tags ?? [] };
}
