import type { Context, RequestContext } from '../../context.ts';
import { randomLetters } from '../../crypto/random.ts';
import { inTransaction } from '../../db/transaction.ts';
import { badRequest, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { PROVIDERS, type Settings } from './providers.ts';
import { keepSecrets } from './secret-settings.ts';
import {
  deleteSsoSetting,
  getSsoSetting,
  listSsoSettings,
  type SsoSettingRow,
  upsertSsoSetting,
} from './sso-settings.store.ts';

/** What is known of a provider; secrets are masked. */
export interface SsoSettings {
  /** '' as long as nothing was set. */
  id: string;
  provider: string;
  settings: Settings;
  source: 'database' | 'system';
}

const UID_LENGTH = 14;
const NOTHING_KEPT = { settings: '{}', secure_settings: '{}' };

/** Every provider, whether anything was set for it or not. */
export async function allSsoSettings({ db }: Context): Promise<SsoSettings[]> {
  const rows = new Map((await listSsoSettings(db)).map((row) => [row.provider, row]));
  return [...PROVIDERS].map(([provider, defaults]) => shown(provider, defaults, rows.get(provider)));
}

/** One provider. Throws 404 for a name that is none. */
export async function ssoSettingsOf({ db }: Context, provider: string): Promise<SsoSettings> {
  return shown(provider, requireProvider(provider), await getSsoSetting(db, provider));
}

/** Sets everything about a provider anew; a secret for which its mask is sent stays. Throws 404 for a name that is none. */
export async function setSsoSettings(
  context: RequestContext,
  provider: string,
  wanted: Settings,
): Promise<void> {
  requireProvider(provider);
  const settings = inCamelCase(wanted);
  await inTransaction(context, async (context) => {
    const before = await getSsoSetting(context.db, provider);
    const { set, stayed, ...kept } = keepSecrets(context.seal, provider, settings, before ?? NOTHING_KEPT);
    const now = context.now();
    const age = { uid: randomLetters(UID_LENGTH), created_at: now, updated_at: now };
    await upsertSsoSetting(context.db, { provider, ...kept, ...age });
    await record(context, provider, {
      ...changed(told(before), { settings: Object.keys(settings), enabled: isEnabled(settings) }),
      secretsSet: set,
      secretsKept: stayed,
    });
  });
  if (isEnabled(settings)) {
    context.log.warn(
      { provider },
      'single sign-on was enabled in the settings, but signing in does not use them yet',
    );
  }
}

/** Forgets what was set for a provider, with its secrets. Throws 404 where nothing was. */
export async function removeSsoSettings(context: RequestContext, provider: string): Promise<void> {
  requireProvider(provider);
  await inTransaction(context, async (context) => {
    const before = await getSsoSetting(context.db, provider);
    if (before === undefined) throw notFound('Nothing was set for this provider', 'sso-settings.not-set');
    await deleteSsoSetting(context.db, provider);
    await record(context, provider, { removed: true, ...changed(told(before), told(undefined)) });
  });
}

function requireProvider(provider: string): Settings {
  const defaults = PROVIDERS.get(provider);
  if (defaults === undefined) throw notFound('SSO provider not found', 'sso-settings.not-found');
  return defaults;
}

function shown(provider: string, defaults: Settings, row: SsoSettingRow | undefined): SsoSettings {
  if (row === undefined) return { id: '', provider, settings: defaults, source: 'system' };
  const settings = JSON.parse(row.settings) as Settings;
  return { id: row.uid, provider, settings, source: 'database' };
}

/** Grafana: settings may be called client_id as well as clientId, as Terraform does, and come back as clientId. */
function inCamelCase(wanted: Settings): Settings {
  const settings: Settings = {};
  for (const [name, value] of Object.entries(wanted)) {
    const camel = name.replaceAll(/(?<=[A-Za-z0-9])_+([A-Za-z0-9])/g, (_, letter: string) =>
      letter.toUpperCase(),
    );
    if (Object.hasOwn(settings, camel)) throw badRequest(`settings has ${camel} twice, spelt in two ways`);
    settings[camel] = value;
  }
  return settings;
}

function isEnabled({ enabled }: Settings): boolean {
  return enabled === true || enabled === 'true';
}

/** By their names only: in an address there may be a password too. */
function told(row: SsoSettingRow | undefined) {
  if (row === undefined) return { settings: [], enabled: false };
  const settings = JSON.parse(row.settings) as Settings;
  return { settings: Object.keys(settings), enabled: isEnabled(settings) };
}

function record(context: RequestContext, provider: string, change: Record<string, unknown>): Promise<void> {
  const what = { kind: 'sso-settings', id: provider, name: provider, orgId: null };
  return recordChange(context, { action: 'settings:write', ...what, change });
}
