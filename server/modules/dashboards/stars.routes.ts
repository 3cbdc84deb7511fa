import { Type } from 'typebox';
import { can, signedIn } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { personsOnly } from '../../http/persons-only.ts';
import { contextOf } from '../../http/request.ts';
import { IdParams, Message, Text } from '../../http/schemas.ts';
import { dashboardScopeById } from './dashboards.ts';
import { star, unstar } from './stars.ts';

const Uid = Type.Object({ uid: Text() });

// A star may be taken off what its owner can no longer see.
const OWN = { access: signedIn('everybody may take their own star away'), condition: personsOnly };

export function starsRoutes(app: App): void {
  app.post(
    '/api/user/stars/dashboard/uid/:uid',
    {
      config: { access: can('dashboards:read', 'dashboards:uid:{uid}'), condition: personsOnly },
      schema: { params: Uid, response: { 200: Message } },
    },
    async (request) => {
      await star(contextOf(request), request.params);
      return { message: 'Dashboard starred!' };
    },
  );

  app.delete(
    '/api/user/stars/dashboard/uid/:uid',
    { config: OWN, schema: { params: Uid, response: { 200: Message } } },
    async (request) => {
      await unstar(contextOf(request), request.params);
      return { message: 'Dashboard unstarred' };
    },
  );

  app.post(
    '/api/user/stars/dashboard/:id',
    {
      config: { access: can('dashboards:read', dashboardScopeById), condition: personsOnly },
      schema: { params: IdParams, response: { 200: Message } },
    },
    async (request) => {
      await star(contextOf(request), request.params);
      return { message: 'Dashboard starred!' };
    },
  );

  app.delete(
    '/api/user/stars/dashboard/:id',
    {
      config: OWN,
      schema: { params: IdParams, response: { 200: Message } },
    },
    async (request) => {
      await unstar(contextOf(request), request.params);
      return { message: 'Dashboard unstarred' };
    },
  );
}
