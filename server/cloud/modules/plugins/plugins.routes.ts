import { type Static, Type } from 'typebox';
import type { App } from '../../../http/app-type.ts';
import { Name } from '../../../http/schemas.ts';
import { urlOfStack } from '../../addresses.ts';
import type { CloudRequestContext } from '../../context.ts';
import type { StackRow } from '../../db/schema.ts';
import { cloudOf, needs } from '../../http/guard.ts';
import { instant } from '../../http/time.ts';
import { requireStack } from '../stacks/stacks.ts';
import { changePlugin, dropPlugin, LATEST, notePlugin, requirePlugin } from './plugins.ts';
import { listPlugins, type PluginRow } from './plugins.store.ts';

const Plugin = Type.Object({
  id: Type.Integer(),
  instanceId: Type.Integer(),
  instanceUrl: Type.String(),
  instanceSlug: Type.String(),
  pluginId: Type.Integer(),
  pluginSlug: Type.String(),
  pluginName: Type.String(),
  version: Type.String(),
  latestVersion: Type.String(),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});

const Slug = Type.String({ pattern: '^[a-z0-9-]{1,190}$' });
const Version = Type.String({ pattern: '^[\\w.+-]{1,60}$' });
const Params = Type.Object({ stack: Type.String() });
const PluginParams = Type.Object({ stack: Type.String(), plugin: Name });

export function pluginsRoutes(app: App): void {
  app.get(
    '/api/instances/:stack/plugins',
    {
      config: needs('stack-plugins:read'),
      schema: { params: Params, response: { 200: Type.Object({ items: Type.Array(Plugin) }) } },
    },
    async (request) => {
      const context = cloudOf(request);
      const stack = await requireStack(context, request.params.stack);
      return {
        items: (await listPlugins(context.db, stack.id)).map((row) => pluginAnswer(context, stack, row)),
      };
    },
  );

  app.post(
    '/api/instances/:stack/plugins',
    {
      config: { ...needs('stack-plugins:write'), mayAnswer: [409] },
      schema: {
        params: Params,
        body: Type.Object({ plugin: Slug, version: Type.Optional(Version) }),
        response: { 200: Plugin },
      },
    },
    async (request) => {
      const context = cloudOf(request);
      const stack = await requireStack(context, request.params.stack);
      return pluginAnswer(context, stack, await notePlugin(context, stack, request.body));
    },
  );

  app.get(
    '/api/instances/:stack/plugins/:plugin',
    { config: needs('stack-plugins:read'), schema: { params: PluginParams, response: { 200: Plugin } } },
    async (request) => {
      const context = cloudOf(request);
      const stack = await requireStack(context, request.params.stack);
      return pluginAnswer(context, stack, await requirePlugin(context, stack, request.params.plugin));
    },
  );

  app.post(
    '/api/instances/:stack/plugins/:plugin',
    {
      config: needs('stack-plugins:write'),
      schema: { params: PluginParams, body: Type.Object({ version: Version }), response: { 200: Plugin } },
    },
    async (request) => {
      const context = cloudOf(request);
      const stack = await requireStack(context, request.params.stack);
      const { plugin } = request.params;
      return pluginAnswer(context, stack, await changePlugin(context, stack, plugin, request.body.version));
    },
  );

  app.delete(
    '/api/instances/:stack/plugins/:plugin',
    { config: needs('stack-plugins:delete'), schema: { params: PluginParams, response: { 200: Plugin } } },
    async (request) => {
      const context = cloudOf(request);
      const stack = await requireStack(context, request.params.stack);
      return pluginAnswer(context, stack, await dropPlugin(context, stack, request.params.plugin));
    },
  );

  app.get(
    '/api/plugins/:plugin',
    {
      config: needs('stacks:read', 'stack-plugins:read'),
      schema: {
        params: Type.Object({ plugin: Slug }),
        response: {
          200: Type.Object({
            slug: Type.String(),
            name: Type.String(),
            version: Type.String(),
            description: Type.String(),
          }),
        },
      },
    },
    ({ params: { plugin } }) => ({ slug: plugin, name: plugin, version: LATEST, description: '' }),
  );
}

function pluginAnswer(
  { config }: CloudRequestContext,
  stack: StackRow,
  row: PluginRow,
): Static<typeof Plugin> {
  return {
    id: row.id,
    instanceId: stack.id,
    instanceUrl: urlOfStack(config, stack),
    instanceSlug: stack.slug,
    pluginId: row.id,
    pluginSlug: row.slug,
    pluginName: row.slug,
    version: row.version,
    latestVersion: LATEST,
    createdAt: instant(row.created_at),
    updatedAt: instant(row.created_at),
  };
}
