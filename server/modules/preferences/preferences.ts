import { holds } from '../../access/can.ts';
import type { RequestContext } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { badRequest, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { type Owner, ownersFor } from './owners.ts';
import {
  getDashboardRef,
  getPreference,
  listHomes,
  listLooks,
  type Looks,
  upsertPreference,
} from './preferences.store.ts';

interface SavedItem {
  id?: string;
  text?: string;
  url?: string;
  target?: string;
}

export interface Preferences {
  theme: string;
  /** 0 is none. */
  homeDashboardId: number;
  homeDashboardUID?: string;
  timezone: string;
  weekStart: string;
  language: string;
  navbar: { savedItems: SavedItem[] | null };
  queryHistory: { homeTab: string };
}

/** Preferences as they are sent: null is as if left out. */
export interface WantedPreferences {
  theme?: string | null;
  homeDashboardId?: number | null;
  /** It wins over the id; '' is none. */
  homeDashboardUID?: string | null;
  timezone?: string | null;
  weekStart?: string | null;
  language?: string | null;
  navbar?: { savedItems?: SavedItem[] | null } | null;
  queryHistory?: { homeTab?: string } | null;
}

const NONE: Preferences = {
  theme: '',
  homeDashboardId: 0,
  timezone: '',
  weekStart: '',
  language: '',
  navbar: { savedItems: null },
  queryHistory: { homeTab: '' },
};

const THEMES = new Set(['', 'light', 'dark', 'system']);
const WEEK_STARTS = new Set(['', 'browser', 'saturday', 'sunday', 'monday']);

/** What is preferred; where nothing was chosen, '' and 0. */
export async function preferencesOf(context: RequestContext, owner: Owner): Promise<Preferences> {
  const row = await getPreference(context.db, owner.orgId, owner.key);
  if (row === undefined) return NONE;
  return {
    theme: row.theme,
    homeDashboardId: row.home_dashboard_id ?? 0,
    ...(row.home_dashboard_uid === null ? {} : { homeDashboardUID: row.home_dashboard_uid }),
    timezone: row.timezone,
    weekStart: row.week_start,
    language: row.language,
    navbar: JSON.parse(row.navbar) as Preferences['navbar'],
    queryHistory: JSON.parse(row.query_history) as Preferences['queryHistory'],
  };
}

/**
 * Sets preferences; what is left out stays as it is or, where all are replaced, is no longer chosen. Throws 400 for a value
 * that there is not, and 404 for a home dashboard that the actor cannot read.
 */
export async function setPreferences(
  context: RequestContext,
  findOwner: (context: RequestContext) => Promise<Owner>,
  wanted: WantedPreferences,
  { keepOthers }: { keepOthers: boolean },
): Promise<void> {
  requireKnown(wanted);
  await inTransaction(context, async (context) => {
    const owner = await findOwner(context);
    const old = await preferencesOf(context, owner);
    const before = keepOthers ? old : NONE;
    const home = (await findHome(context, wanted)) ?? before.homeDashboardId;
    const now = context.now();
    await upsertPreference(context.db, {
      org_id: owner.orgId,
      owner: owner.key,
      user_id: owner.userId,
      team_id: owner.teamId,
      theme: wanted.theme ?? before.theme,
      timezone: wanted.timezone ?? before.timezone,
      week_start: (wanted.weekStart ?? before.weekStart).toLowerCase(),
      language: wanted.language ?? before.language,
      home_dashboard_id: home === 0 ? null : home,
      navbar: JSON.stringify({ ...before.navbar, ...wanted.navbar }),
      query_history: JSON.stringify({ ...before.queryHistory, ...wanted.queryHistory }),
      created_at: now,
      updated_at: now,
    });
    await recordChange(context, {
      ...owner.entry,
      orgId: owner.orgId,
      change: changed(told(old), told(await preferencesOf(context, owner))),
    });
  });
}

/** The dashboard to begin with: the person's choice, else that of a team, else the organization's; only one that can be read. */
export async function homeOf(context: RequestContext): Promise<{ uid: string; title: string } | undefined> {
  const owners = ownersFor(context.actor);
  const homes = await listHomes(context.db, context.actor.orgId, owners);
  for (const owner of owners) {
    const home = homes.find((candidate) => candidate.owner === owner);
    if (home !== undefined && (await holds(context, 'dashboards:read', `dashboards:uid:${home.uid}`)))
      return home;
  }
  return undefined;
}

/** How pages look to who asks: by their own choice, else that of a team, else the organization's; '' where nobody chose. */
export async function looksFor({ db, actor }: RequestContext): Promise<Looks> {
  const chosen = await listLooks(db, actor.orgId, ownersFor(actor));
  const first = (key: keyof Looks): string => chosen.find((looks) => looks[key] !== '')?.[key] ?? '';
  return {
    theme: first('theme'),
    timezone: first('timezone'),
    weekStart: first('weekStart'),
    language: first('language'),
  };
}

/** Preferences as the record has them. Of saved places only how many: an address may hold a secret. */
function told({ navbar, queryHistory, homeDashboardUID = '', ...preferences }: Preferences) {
  return {
    ...preferences,
    homeDashboardUID,
    savedItems: navbar.savedItems?.length ?? 0,
    homeTab: queryHistory.homeTab,
  };
}

function requireKnown({ theme, weekStart, timezone }: WantedPreferences): void {
  if (!THEMES.has(theme ?? '')) {
    throw badRequest('theme must be "light", "dark", "system" or "" for none of its own', 'Invalid theme');
  }
  if (!WEEK_STARTS.has((weekStart ?? '').toLowerCase())) {
    throw badRequest('weekStart must be "saturday", "sunday", "monday", "browser" or ""');
  }
  if (!isTimezone(timezone ?? '')) {
    throw badRequest('timezone must be "utc", "browser", "" or the name of a zone such as "Europe/Paris"');
  }
}

function isTimezone(name: string): boolean {
  if (name === '' || name === 'browser') return true;
  // An offset such as +01:00 is no zone, though Intl takes it for one.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The id of the home dashboard that is asked for; 0 is none, and undefined that nothing is said of it. */
async function findHome(
  context: RequestContext,
  { homeDashboardUID: uid, homeDashboardId: id }: WantedPreferences,
): Promise<number | undefined> {
  if (typeof uid !== 'string' && typeof id !== 'number') return undefined;
  if (uid === '' || (typeof uid !== 'string' && id === 0)) return 0;
  const which = typeof uid === 'string' ? { uid } : { id: id as number };
  const found = await getDashboardRef(context.db, context.actor.orgId, which);
  // Not to be told from one that is missing, or anybody could find out what there is.
  if (found === undefined || !(await holds(context, 'dashboards:read', `dashboards:uid:${found.uid}`)))
    throw notFound('Dashboard not found', 'dashboards.not-found');
  return found.id;
}
