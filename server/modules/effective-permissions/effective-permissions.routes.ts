import { Type } from 'typebox';
import { signedIn } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { contextOf } from '../../http/request.ts';
import { effectivePermissions } from './effective-permissions.ts';

const access = signedIn('everybody may see what they may do themselves');

export function effectivePermissionsRoutes(app: App): void {
  app.get(
    '/api/access-control/user/permissions',
    {
      config: { access },
      schema: { response: { 200: Type.Record(Type.String(), Type.Array(Type.String())) } },
    },
    (request) => effectivePermissions(contextOf(request)),
  );

  app.get(
    '/api/access-control/user/actions',
    {
      config: { access },
      schema: { response: { 200: Type.Record(Type.String(), Type.Boolean()) } },
    },
    async (request) => {
      const permissions = await effectivePermissions(contextOf(request));
      return Object.fromEntries(Object.keys(permissions).map((action) => [action, true]));
    },
  );

  app.get(
    '/api/access-control/status',
    { config: { access }, schema: { response: { 200: Type.Object({ enabled: Type.Boolean() }) } } },
    // Grafana once could do without access control; here it is always on.
    () => ({ enabled: true }),
  );
}
