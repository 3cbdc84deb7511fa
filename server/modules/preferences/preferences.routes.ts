import { Type } from 'typebox';
import { type Access, can, signedIn } from '../../access/can.ts';
import type { RequestContext } from '../../context.ts';
import type { App } from '../../http/app-type.ts';
import { personsOnly } from '../../http/persons-only.ts';
import { contextOf } from '../../http/request.ts';
import { Id, Message, nullable, Text } from '../../http/schemas.ts';
import { teamScope } from '../teams/teams.ts';
import { type Owner, orgOwner, ownOwner, teamOwner } from './owners.ts';
import { preferencesOf, setPreferences } from './preferences.ts';

const MOST_ITEMS = 100;

const SavedItem = Type.Object({
  id: Type.Optional(Text()),
  text: Type.Optional(Text()),
  url: Type.Optional(Text(2000)),
  target: Type.Optional(Text(40)),
});
const SavedItems = nullable(Type.Array(SavedItem, { maxItems: MOST_ITEMS }));

const Shown = Type.Object({
  theme: Type.String(),
  homeDashboardId: Id,
  homeDashboardUID: Type.Optional(Type.String()),
  timezone: Type.String(),
  weekStart: Type.String(),
  language: Type.String(),
  navbar: Type.Object({ savedItems: SavedItems }),
  queryHistory: Type.Object({ homeTab: Type.String() }),
});

const Word = Type.Optional(nullable(Text()));
const Wanted = Type.Object(
  {
    theme: Word,
    homeDashboardId: Type.Optional(nullable(Id)),
    homeDashboardUID: Word,
    timezone: Word,
    weekStart: Word,
    language: Word,
    navbar: Type.Optional(nullable(Type.Object({ savedItems: Type.Optional(SavedItems) }))),
    queryHistory: Type.Optional(nullable(Type.Object({ homeTab: Type.Optional(Text()) }))),
  },
  { examples: [{ theme: 'dark', timezone: 'utc', weekStart: 'monday' }] },
);

interface Rights {
  read: Access;
  write: Access;
}

const OWN = signedIn('everybody has preferences of their own');
const ofOrg: Rights = { read: can('orgs.preferences:read'), write: can('orgs.preferences:write') };
const ofTeam: Rights = { read: can('teams:read', teamScope), write: can('teams:write', teamScope) };

export function preferencesRoutes(app: App): void {
  routesAt(app, '/api/org/preferences', ofOrg, orgOwner);
  routesAt(app, '/api/teams/:id/preferences', ofTeam, teamOwner);
  routesAt(app, '/api/user/preferences', { read: OWN, write: OWN }, ownOwner);
}

function routesAt(
  app: App,
  path: string,
  rights: Rights,
  find: (context: RequestContext, id: string) => Promise<Owner>,
): void {
  const condition = rights.read === OWN ? personsOnly : undefined;
  // Only the path of a team has one.
  const params = Type.Object({ id: Type.Optional(Text()) });

  app.get(
    path,
    { config: { access: rights.read, condition }, schema: { params, response: { 200: Shown } } },
    async (request) => {
      const context = contextOf(request);
      return preferencesOf(context, await find(context, request.params.id ?? ''));
    },
  );

  for (const method of ['PUT', 'PATCH'] as const) {
    app.route({
      method,
      url: path,
      config: { access: rights.write, condition, mayAnswer: [404] },
      schema: { params, body: Wanted, response: { 200: Message } },
      handler: async (request) => {
        const { id = '' } = request.params;
        const findOwner = (context: RequestContext): Promise<Owner> => find(context, id);
        const how = { keepOthers: method === 'PATCH' };
        await setPreferences(contextOf(request), findOwner, request.body, how);
        return { message: 'Preferences updated' };
      },
    });
  }
}
