import { Type } from 'typebox';
import { can, canAny, heldOn, signedIn } from '../../access/can.ts';
import { sightOf } from '../../access/visible.ts';
import type { RequestContext } from '../../context.ts';
import type { App } from '../../http/app-type.ts';
import { sendJson } from '../../http/json-reply.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import { Id, IdParams, nullable, Text, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { listFolders } from './folders.store.ts';
import {
  changeFolder,
  contentOf,
  createFolder,
  elementsWithin,
  folderScopeById,
  foldersAround,
  type FolderRow,
  moveFolder,
  removeFolder,
  requireFolder,
} from './folders.ts';
import { folderUrl, GENERAL } from './names.ts';

const NEVER = '0001-01-01T00:00:00Z';

const Listed = Type.Object({
  id: Id,
  uid: Type.String(),
  title: Type.String(),
  parentUid: Type.Optional(Type.String()),
});

const Folder = Type.Object({
  id: Id,
  uid: Type.String(),
  orgId: Id,
  title: Type.String(),
  url: Type.String(),
  hasAcl: Type.Boolean(),
  canSave: Type.Boolean(),
  canEdit: Type.Boolean(),
  canAdmin: Type.Boolean(),
  canDelete: Type.Boolean(),
  createdBy: Type.String(),
  created: Timestamp,
  updatedBy: Type.String(),
  updated: Timestamp,
  version: Type.Integer(),
  parentUid: Type.String(),
  parents: Type.Array(Type.Object({ id: Id, uid: Type.String(), title: Type.String(), url: Type.String() })),
});

// What is wrong with a title or uid is said by the rule, which has Grafana's words for it.
const Words = Type.Optional(nullable(Type.String()));
const ParentUid = Type.Optional(nullable(Text()));
const Uid = Type.Object({ uid: Text() });
const Version = Type.Optional(
  Type.Integer({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
);
const Counts = Type.Object({
  folder: Type.Integer(),
  dashboard: Type.Integer(),
  librarypanel: Type.Integer(),
  alertrule: Type.Integer(),
});

const ONE = 'folders:uid:{uid}';

export function foldersRoutes(app: App): void {
  app.get(
    '/api/folders',
    {
      config: { access: signedIn('everybody gets the folders that they may see') },
      schema: {
        querystring: Type.Object({
          page: Paging.page,
          limit: Paging.perpage,
          parentUid: Type.Optional(Text()),
          permission: Type.Optional(Type.Unsafe<'View' | 'Edit'>({ enum: ['View', 'Edit'] })),
        }),
        response: { 200: Type.Array(Listed) },
      },
    },
    async (request) => {
      const { page = 1, limit = 0, parentUid = '', permission } = request.query;
      const { db, config } = app.context;
      const sight = sightOf(request.identity, config.access_control, permission);
      const parent = parentUid === GENERAL.uid ? '' : parentUid;
      const rows = await listFolders(db, sight, parent, pageOf({ page, perpage: limit }));
      return rows.map(({ id, uid, title, parent_uid }) =>
        parent_uid === '' ? { id, uid, title } : { id, uid, title, parentUid: parent_uid },
      );
    },
  );

  app.post(
    '/api/folders',
    {
      // In a folder that somebody may edit they may make another one, whatever their role.
      config: { access: canAny('folders:create', 'folders:write'), mayAnswer: [409, 412] },
      schema: {
        body: Type.Object(
          { title: Words, uid: Words, parentUid: ParentUid },
          { examples: [{ title: 'Production' }] },
        ),
        response: { 200: Folder },
      },
    },
    async (request) => {
      const context = contextOf(request);
      return folderAnswer(context, await createFolder(context, request.body));
    },
  );

  app.get(
    '/api/folders/:uid',
    { config: { access: can('folders:read', ONE) }, schema: { params: Uid, response: { 200: Folder } } },
    async (request) => {
      const context = contextOf(request);
      const { uid } = request.params;
      if (uid === GENERAL.uid) return generalAnswer(context);
      return folderAnswer(context, await requireFolder(context, { uid }));
    },
  );

  app.get(
    '/api/folders/id/:id',
    {
      config: { access: can('folders:read', folderScopeById) },
      schema: { params: IdParams, response: { 200: Folder } },
    },
    async (request) => {
      const context = contextOf(request);
      const { id } = request.params;
      if (id === GENERAL.id) return generalAnswer(context);
      return folderAnswer(context, await requireFolder(context, { id }));
    },
  );

  app.put(
    '/api/folders/:uid',
    {
      config: { access: can('folders:write', ONE), mayAnswer: [409, 412] },
      schema: {
        params: Uid,
        body: Type.Object(
          { title: Words, uid: Words, version: Version, overwrite: Type.Optional(Type.Boolean()) },
          { examples: [{ title: 'Production', version: 1 }] },
        ),
        response: { 200: Folder },
      },
    },
    async (request) => {
      const context = contextOf(request);
      return folderAnswer(context, await changeFolder(context, request.params.uid, request.body));
    },
  );

  app.post(
    '/api/folders/:uid/move',
    {
      config: { access: can('folders:write', ONE), mayAnswer: [409] },
      schema: { params: Uid, body: Type.Object({ parentUid: ParentUid }), response: { 200: Folder } },
    },
    async (request) => {
      const context = contextOf(request);
      return folderAnswer(context, await moveFolder(context, request.params.uid, request.body));
    },
  );

  app.delete(
    '/api/folders/:uid',
    {
      config: { access: can('folders:delete', ONE) },
      schema: { params: Uid, response: { 200: Type.String() } },
    },
    async (request, reply) => {
      await removeFolder(contextOf(request), request.params.uid);
      // Grafana: an empty text, as JSON.
      return sendJson(reply, '""');
    },
  );

  app.get(
    '/api/folders/:uid/counts',
    { config: { access: can('folders:read', ONE) }, schema: { params: Uid, response: { 200: Counts } } },
    async (request) => {
      const context = contextOf(request);
      const { uid } = await requireFolder(context, request.params);
      const content = await contentOf(context, uid);
      const folder = content.filter((inner) => inner.is_folder === 1).length;
      const elements = await elementsWithin(context, uid);
      return {
        folder,
        dashboard: content.length - folder,
        librarypanel: elements.length,
        alertrule: 0,
      };
    },
  );
}

async function folderAnswer(context: RequestContext, folder: FolderRow) {
  const may = await heldOn(context, `folders:uid:${folder.uid}`);
  const around = await foldersAround(context, folder.parent_uid);
  return {
    id: folder.id,
    uid: folder.uid,
    orgId: folder.org_id,
    title: folder.title,
    url: folderUrl(folder),
    // Grafana: false since permissions are no longer a list of the folder's own.
    hasAcl: false,
    canSave: may('folders:write'),
    canEdit: may('folders:write'),
    canAdmin: may('folders.permissions:write'),
    canDelete: may('folders:delete'),
    createdBy: folder.created_login ?? 'Anonymous',
    created: timestamp(folder.created_at),
    updatedBy: folder.updated_login ?? 'Anonymous',
    updated: timestamp(folder.updated_at),
    version: folder.version,
    parentUid: folder.parent_uid,
    parents: around.map((parent) => ({ ...parent, url: folderUrl(parent) })),
  };
}

async function generalAnswer(context: RequestContext) {
  const may = await heldOn(context, `folders:uid:${GENERAL.uid}`);
  const canSave = may('dashboards:create');
  return {
    ...GENERAL,
    orgId: context.actor.orgId,
    url: '',
    hasAcl: false,
    canSave,
    canEdit: canSave,
    canAdmin: may('folders.permissions:write'),
    canDelete: false,
    createdBy: '',
    created: NEVER,
    updatedBy: '',
    updated: NEVER,
    version: 0,
    parentUid: '',
    parents: [],
  };
}
