import { Type } from 'typebox';
import { canOnServer } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { settingsExplained } from '../../http/settings-explained.ts';
import { settingsInForce } from '../../http/settings-in-force.ts';

const Sections = Type.Record(Type.String(), Type.Record(Type.String(), Type.String()));

const Explained = Type.Array(
  Type.Object({
    section: Type.String(),
    key: Type.String(),
    value: Type.String(),
    default: Type.String(),
    meaning: Type.String(),
    allowed: Type.String(),
    variable: Type.String(),
    isSecret: Type.Boolean(),
  }),
);

const access = canOnServer('settings:read', 'settings:*');

export function serverSettingsRoutes(app: App): void {
  app.get(
    '/api/admin/settings',
    {
      config: { access, readsSecret: true },
      schema: { response: { 200: Sections } },
    },
    () => settingsInForce(app.context.config),
  );

  app.get(
    '/api/admin/settings/explained',
    {
      config: { access, readsSecret: true },
      schema: {
        summary: 'Read the settings in force, what they mean and how they are changed',
        response: { 200: Explained },
      },
    },
    () => settingsExplained(app.context.config),
  );
}
