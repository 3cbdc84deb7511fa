import { Type } from 'typebox';
import { can, canAny } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import { FreeJson, Id, IdParams, Name, nullable, Text } from '../../http/schemas.ts';
import {
  addDataSource,
  changeDataSource,
  type DataSourceRow,
  readableSources,
  removeDataSource,
  requireDataSource,
  scopeById,
  scopeByName,
} from './datasources.ts';
import { listDataSources } from './datasources.store.ts';
import { shownType } from './plugin-types.ts';
import { secretsSet } from './secure-json.ts';

const LONGEST_UID = 40;
const LARGEST_VERSION = 2_147_483_646;

const Listed = Type.Object({
  id: Id,
  uid: Type.String(),
  orgId: Id,
  name: Type.String(),
  type: Type.String(),
  typeName: Type.String(),
  typeLogoUrl: Type.String(),
  access: Type.String(),
  url: Type.String(),
  user: Type.String(),
  database: Type.String(),
  basicAuth: Type.Boolean(),
  isDefault: Type.Boolean(),
  jsonData: FreeJson,
  readOnly: Type.Boolean(),
});

const { typeName: _, ...listedProperties } = Listed.properties;

const DataSource = Type.Object({
  ...listedProperties,
  basicAuthUser: Type.String(),
  withCredentials: Type.Boolean(),
  secureJsonFields: Type.Record(Type.String(), Type.Boolean()),
  version: Type.Integer(),
});

// Whatever else a client sends back of what it read (id, orgId, readOnly …) says nothing here.
const NewDataSource = Type.Object({
  name: Name,
  type: Name,
  uid: Type.Optional(Type.String({ maxLength: LONGEST_UID, pattern: '^[A-Za-z0-9_-]*$' })),
  access: Type.Optional(Type.Unsafe<'proxy' | 'direct'>({ type: 'string', enum: ['proxy', 'direct'] })),
  url: Type.Optional(Text(2048)),
  user: Type.Optional(Text()),
  database: Type.Optional(Text()),
  basicAuth: Type.Optional(Type.Boolean()),
  basicAuthUser: Type.Optional(Text()),
  withCredentials: Type.Optional(Type.Boolean()),
  isDefault: Type.Optional(Type.Boolean()),
  jsonData: Type.Optional(nullable(FreeJson)),
  secureJsonData: Type.Optional(nullable(Type.Record(Type.String(), Type.String()))),
});

const DataSourceChanges = Type.Object({
  ...NewDataSource.properties,
  version: Type.Optional(Type.Integer({ minimum: 0, maximum: LARGEST_VERSION })),
});

const Changed = Type.Object({ datasource: DataSource, id: Id, message: Type.String(), name: Type.String() });
const Deleted = Type.Object({ id: Id, message: Type.String() });
const UidParams = Type.Object({ uid: Text() });
const NameParams = Type.Object({ name: Text() });

const ONE = 'datasources:uid:{uid}';

export function datasourcesRoutes(app: App): void {
  app.get(
    '/api/datasources',
    {
      config: { access: canAny('datasources:read') },
      schema: { querystring: Type.Object(Paging), response: { 200: Type.Array(Listed) } },
    },
    async (request) => {
      const { page, perpage } = request.query;
      // Grafana: no pages, unless somebody asks for them.
      const asked = page === undefined && perpage === undefined ? undefined : pageOf(request.query);
      const uids = await readableSources(contextOf(request));
      const rows = await listDataSources(app.context.db, request.identity.orgId, { uids, page: asked });
      return rows.map(listed);
    },
  );

  app.post(
    '/api/datasources',
    {
      config: { access: can('datasources:create'), mayAnswer: [409] },
      schema: { body: NewDataSource, response: { 200: Changed } },
    },
    async (request) => changed('Datasource added', await addDataSource(contextOf(request), request.body)),
  );

  oneById(app);
  oneByUid(app);
  oneByName(app);
}

function oneById(app: App): void {
  app.get(
    '/api/datasources/:id',
    {
      config: { access: can('datasources:read', scopeById) },
      schema: { params: IdParams, response: { 200: DataSource } },
    },
    async (request) => detail(await requireDataSource(contextOf(request), { id: request.params.id })),
  );

  app.put(
    '/api/datasources/:id',
    {
      config: { access: can('datasources:write', scopeById), mayAnswer: [409] },
      schema: { params: IdParams, body: DataSourceChanges, response: { 200: Changed } },
    },
    async (request) => {
      const { id } = request.params;
      return changed('Datasource updated', await changeDataSource(contextOf(request), { id }, request.body));
    },
  );

  app.delete(
    '/api/datasources/:id',
    {
      config: { access: can('datasources:delete', scopeById) },
      schema: { params: IdParams, response: { 200: Deleted } },
    },
    async (request) => deleted(await removeDataSource(contextOf(request), { id: request.params.id })),
  );
}

function oneByUid(app: App): void {
  app.get(
    '/api/datasources/uid/:uid',
    {
      config: { access: can('datasources:read', ONE) },
      schema: { params: UidParams, response: { 200: DataSource } },
    },
    async (request) => detail(await requireDataSource(contextOf(request), { uid: request.params.uid })),
  );

  app.put(
    '/api/datasources/uid/:uid',
    {
      config: { access: can('datasources:write', ONE), mayAnswer: [409] },
      schema: { params: UidParams, body: DataSourceChanges, response: { 200: Changed } },
    },
    async (request) => {
      const { uid } = request.params;
      return changed('Datasource updated', await changeDataSource(contextOf(request), { uid }, request.body));
    },
  );

  app.delete(
    '/api/datasources/uid/:uid',
    {
      config: { access: can('datasources:delete', ONE) },
      schema: { params: UidParams, response: { 200: Deleted } },
    },
    async (request) => deleted(await removeDataSource(contextOf(request), { uid: request.params.uid })),
  );
}

function oneByName(app: App): void {
  app.get(
    '/api/datasources/name/:name',
    {
      config: { access: can('datasources:read', scopeByName) },
      schema: { params: NameParams, response: { 200: DataSource } },
    },
    async (request) => detail(await requireDataSource(contextOf(request), { name: request.params.name })),
  );

  app.delete(
    '/api/datasources/name/:name',
    {
      config: { access: can('datasources:delete', scopeByName) },
      schema: { params: NameParams, response: { 200: Deleted } },
    },
    async (request) => deleted(await removeDataSource(contextOf(request), { name: request.params.name })),
  );

  app.get(
    '/api/datasources/id/:name',
    {
      config: { access: can('datasources.id:read', scopeByName) },
      schema: { params: NameParams, response: { 200: Type.Object({ id: Id }) } },
    },
    async (request) => {
      const { id } = await requireDataSource(contextOf(request), { name: request.params.name });
      return { id };
    },
  );
}

function listed(row: DataSourceRow) {
  return {
    id: row.id,
    uid: row.uid,
    orgId: row.org_id,
    name: row.name,
    type: row.type,
    ...shownType(row.type),
    access: row.access,
    url: row.url,
    user: row.user,
    database: row.database,
    basicAuth: row.basic_auth === 1,
    isDefault: row.is_default === 1,
    jsonData: JSON.parse(row.json_data) as Record<string, unknown>,
    readOnly: row.read_only === 1,
  };
}

function detail(row: DataSourceRow) {
  return {
    ...listed(row),
    // Grafana: only the list knows the picture.
    typeLogoUrl: '',
    basicAuthUser: row.basic_auth_user,
    withCredentials: row.with_credentials === 1,
    secureJsonFields: secretsSet(row.secure_json_data),
    version: row.version,
  };
}

function changed(message: string, row: DataSourceRow) {
  return { datasource: detail(row), id: row.id, message, name: row.name };
}

function deleted({ id }: DataSourceRow) {
  return { id, message: 'Data source deleted' };
}
