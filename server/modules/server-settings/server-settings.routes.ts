import { Type } from 'typebox';
import { canOnServer } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { settingsInForce } from '../../http/settings-in-force.ts';

const Sections = Type.Record(Type.String(), Type.Record(Type.String(), Type.String()));

export function serverSettingsRoutes(app: App): void {
  app.get(
    '/api/admin/settings',
    {
      config: { access: canOnServer('settings:read', 'settings:*') },
      schema: { response: { 200: Sections } },
    },
    () => settingsInForce(app.context.config),
  );
}
