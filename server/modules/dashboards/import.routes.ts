import { Type } from 'typebox';
import { canAny } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { contextOf } from '../../http/request.ts';
import { FreeJson, Id, nullable, Text } from '../../http/schemas.ts';
import { membersOf } from '../../../client/json-text.ts';
import { dashboardUrl, slugOf } from '../folders/names.ts';
import { LONGEST_MESSAGE } from './dashboards.routes.ts';
import { type Imported, importDashboard } from './import.ts';

const MOST_INPUTS = 500;
const LONGEST_VALUE = 10_000;

const Input = Type.Object({
  name: Text(),
  type: Type.Optional(nullable(Text())),
  pluginId: Type.Optional(nullable(Text())),
  value: Type.Optional(nullable(Text(LONGEST_VALUE))),
});

const ImportedSchema = Type.Object({
  uid: Type.String(),
  pluginId: Type.String(),
  title: Type.String(),
  imported: Type.Boolean(),
  importedUri: Type.String(),
  importedUrl: Type.String(),
  slug: Type.String(),
  dashboardId: Id,
  folderId: Id,
  folderUid: Type.String(),
  importedRevision: Id,
  revision: Id,
  description: Type.String(),
  path: Type.String(),
  removed: Type.Boolean(),
});

export function importRoutes(app: App): void {
  app.post(
    '/api/dashboards/import',
    {
      bodyLimit: app.context.config.limits.max_dashboard_bytes,
      // Which of the two, and where, is known once the body is read; saving asks for it then.
      config: { access: canAny('dashboards:create', 'dashboards:write'), mayAnswer: [404, 412] },
      schema: {
        summary: 'Import a dashboard that was exported',
        body: Type.Object({
          dashboard: { ...FreeJson, examples: [{ title: 'Imported', tags: ['production'], panels: [] }] },
          inputs: Type.Optional(nullable(Type.Array(Input, { maxItems: MOST_INPUTS }))),
          overwrite: Type.Optional(Type.Boolean()),
          folderUid: Type.Optional(nullable(Text())),
          folderId: Type.Optional(nullable(Id)),
          message: Type.Optional(nullable(Text(LONGEST_MESSAGE))),
          // Grafana: where a plugin keeps the dashboards that it brings. There are no plugins here.
          pluginId: Type.Optional(nullable(Text())),
          path: Type.Optional(nullable(Text())),
        }),
        response: { 200: ImportedSchema },
      },
    },
    async (request) => {
      const text = membersOf(request.bodyText).get('dashboard') ?? '{}';
      const inputs = request.body.inputs ?? [];
      return answer(await importDashboard(contextOf(request), { ...request.body, inputs, text }));
    },
  );
}

function answer({ row, folderId, revision, description }: Imported) {
  const { id, uid, title, parent_uid: folderUid } = row;
  const slug = slugOf(title);
  return {
    uid,
    pluginId: '',
    title,
    imported: true,
    importedUri: `db/${slug}`,
    importedUrl: dashboardUrl(row),
    slug,
    dashboardId: id,
    folderId,
    folderUid,
    importedRevision: revision,
    revision,
    description,
    path: '',
    removed: false,
  };
}
