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

// Of a stack, what its own people can see at work. The others are the machine's: where files and databases are, what listens, who is behind.
const OF_STACKS = new Set([
  'security',
  'auth',
  'auth.basic',
  'auth.anonymous',
  'users',
  'access_control',
  'quota',
  'rate_limiting',
  'limits',
  'usage',
  'dashboards',
  'public_dashboards',
]);

/** Tells the settings; of a stack, only those that are not the operator's. */
export function serverSettingsRoutes(app: App, isStack: boolean): void {
  const isTold = (section: string): boolean => !isStack || OF_STACKS.has(section);

  app.get(
    '/api/admin/settings',
    {
      config: { access, readsSecret: true },
      schema: { response: { 200: Sections } },
    },
    () =>
      Object.fromEntries(
        Object.entries(settingsInForce(app.context.config)).filter(([section]) => isTold(section)),
      ),
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
    () => settingsExplained(app.context.config).filter(({ section }) => isTold(section)),
  );
}
