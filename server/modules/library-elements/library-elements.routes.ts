import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { can, canAny, signedIn } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { sendJson } from '../../http/json-reply.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import { FreeJson, Id, Name, nullable, Query, Text } from '../../http/schemas.ts';
import { membersOf } from '../../../client/json-text.ts';
import { GENERAL } from '../folders/names.ts';
import { Connection, connection, Element, listText, singleText } from './element-answers.routes.ts';
import { countElements, type Filter, listElements, listUses } from './library-elements.store.ts';
import {
  changeElement,
  createElement,
  missing,
  readerOf,
  removeElement,
  requireElement,
  scopeOfElement,
} from './library-elements.ts';

const Single = Type.Object({ result: Element });

const Listed = Type.Object({
  result: Type.Object({
    totalCount: Type.Integer(),
    page: Type.Integer(),
    perPage: Type.Integer(),
    elements: Type.Array(Element),
  }),
});

const LONGEST_LIST = 10_000;
const USUAL_PAGE = 100;
const LONGEST_PAGE = 5000;

const Filters = Type.Object({
  searchString: Query,
  kind: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 })),
  sortDirection: Type.Optional(
    Type.Unsafe<'' | 'alpha-asc' | 'alpha-desc'>({ enum: ['', 'alpha-asc', 'alpha-desc'] }),
  ),
  typeFilter: Type.Optional(Text(LONGEST_LIST)),
  excludeUid: Type.Optional(Text()),
  folderFilter: Type.Optional(
    Type.String({ maxLength: LONGEST_LIST, pattern: '^(-?\\d{1,15}(, ?-?\\d{1,15})*)?$' }),
  ),
  folderFilterUIDs: Type.Optional(Text(LONGEST_LIST)),
  page: Paging.page,
  perPage: Paging.perpage,
});

const Kind = Type.Unsafe<1 | 2>({ enum: [1, 2] });
const Uid = Type.Object({ uid: Text() });
// What is wrong with a uid is said by the rule, which has Grafana's words for it.
const Place = {
  folderUid: Type.Optional(nullable(Text())),
  folderId: Type.Optional(nullable(Id)),
  uid: Type.Optional(nullable(Type.String())),
};

export function libraryElementsRoutes(app: App): void {
  app.get(
    '/api/library-elements',
    {
      config: { access: signedIn('everybody gets the elements of the folders that they may see') },
      schema: { querystring: Filters, response: { 200: Listed } },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const { page, perPage, sortDirection, ...asked } = request.query;
      const filter = filterOf(asked);
      const slice = pageOf({ page: page ?? 1, perpage: perPage || USUAL_PAGE });
      const reader = readerOf(context);
      const totalCount = await countElements(context.db, reader, filter);
      const isDescending = sortDirection === 'alpha-desc';
      const rows = await listElements(context.db, reader, filter, { ...slice, isDescending });
      const head = JSON.stringify({ totalCount, page: slice.page, perPage: slice.perPage });
      const before = `{"result":${head.slice(0, -1)},"elements":[`;
      return sendJson(reply, Readable.from(listText(context, rows, before, ']}}')));
    },
  );

  app.get(
    '/api/library-elements/name/:name',
    {
      config: { access: signedIn('everybody gets the elements of the folders that they may see') },
      schema: {
        params: Type.Object({ name: Text() }),
        response: { 200: Type.Object({ result: Type.Array(Element) }) },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const filter = { name: request.params.name };
      const rows = await listElements(
        context.db,
        readerOf(context),
        filter,
        pageOf({ perpage: LONGEST_PAGE }),
      );
      if (rows.length === 0) throw missing();
      return sendJson(reply, Readable.from(listText(context, rows, '{"result":[', ']}')));
    },
  );

  app.get(
    '/api/library-elements/:uid',
    {
      config: { access: signedIn('everybody gets an element of a folder that they may see') },
      schema: { params: Uid, response: { 200: Single } },
    },
    async (request, reply) => {
      const context = contextOf(request);
      return sendJson(reply, await singleText(context, await requireElement(context, request.params.uid)));
    },
  );

  app.get(
    '/api/library-elements/:uid/connections',
    {
      config: { access: signedIn('everybody gets those of the dashboards that they may see') },
      schema: {
        params: Uid,
        querystring: Type.Object({ page: Paging.page, perPage: Paging.perpage }),
        response: { 200: Type.Object({ result: Type.Array(Connection) }) },
      },
    },
    async (request) => {
      const context = contextOf(request);
      const element = await requireElement(context, request.params.uid);
      const { page = 1, perPage } = request.query;
      const slice = pageOf({ page, perpage: perPage || LONGEST_PAGE });
      const found = await listUses(context.db, readerOf(context).sight, element.uid, slice);
      return { result: found.map((use) => connection(element, use)) };
    },
  );

  app.post(
    '/api/library-elements',
    {
      // In which folder is known once the body is read; the rule asks for it then.
      config: { access: canAny('dashboards:create'), mayAnswer: [404] },
      schema: {
        body: Type.Object({ ...Place, name: Name, kind: Kind, model: FreeJson }),
        response: { 200: Single },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const model = membersOf(request.bodyText).get('model') ?? '{}';
      const element = await createElement(context, { ...request.body, model });
      return sendJson(reply, await singleText(context, element));
    },
  );

  app.patch(
    '/api/library-elements/:uid',
    {
      config: { access: can('dashboards:create', scopeOfElement), mayAnswer: [412] },
      schema: {
        params: Uid,
        body: Type.Object({
          ...Place,
          name: Type.Optional(nullable(Text(190))),
          kind: Type.Optional(Kind),
          model: Type.Optional(nullable(FreeJson)),
          version: Id,
        }),
        response: { 200: Single },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const model = request.body.model ? membersOf(request.bodyText).get('model') : undefined;
      const element = await changeElement(context, request.params.uid, { ...request.body, model });
      return sendJson(reply, await singleText(context, element));
    },
  );

  app.delete(
    '/api/library-elements/:uid',
    {
      // Which of the two depends on where it lies; there is no body to tell anything of before the rule asks.
      config: { access: canAny('dashboards:delete', 'dashboards:create') },
      schema: {
        params: Uid,
        response: { 200: Type.Object({ id: Id, message: Type.String() }) },
      },
    },
    async (request) => {
      const { id } = await removeElement(contextOf(request), request.params.uid);
      return { id, message: 'Library element deleted' };
    },
  );
}

interface Asked {
  searchString?: string;
  kind?: number;
  typeFilter?: string;
  excludeUid?: string;
  folderFilter?: string;
  folderFilterUIDs?: string;
}

function filterOf({ searchString, kind, typeFilter, excludeUid, folderFilter, folderFilterUIDs }: Asked) {
  return {
    query: searchString ?? '',
    kind: kind ?? 0,
    types: listOf(typeFilter),
    notUid: excludeUid ?? '',
    folderIds: listOf(folderFilter).map(Number),
    folderUids: listOf(folderFilterUIDs).map((uid) => (uid === GENERAL.uid ? '' : uid)),
  } satisfies Filter;
}

function listOf(text = ''): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
