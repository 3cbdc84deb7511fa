import type { RequestContext } from '../../context.ts';
import type { Source } from '../../sources/source.ts';
import { ANNOTATIONS } from './annotations.ts';
import { endTakeOver, enterSource, requireGrafana, setIdsAside } from './begin.ts';
import { CREDENTIALS } from './credentials.ts';
import { nameCustomRoles } from './custom-roles.ts';
import { DASHBOARDS } from './dashboards.ts';
import { dataSources } from './data-sources.ts';
import { bringFolders } from './folders.ts';
import { usesManagedRoles } from './given.ts';
import { lateSecrets } from './late-secrets.ts';
import { type LeftBehind, leftBehind } from './left-behind.ts';
import { LIBRARY_ELEMENTS } from './library-elements.ts';
import { MEMBERS } from './members.ts';
import { ORGS } from './orgs.ts';
import { PEOPLE } from './people.ts';
import { ACCOUNT_PERMISSIONS } from './permissions.ts';
import { PLAYLISTS } from './playlists.ts';
import { PREFERENCES } from './preferences.ts';
import { QUOTAS } from './quotas.ts';
import { type KindReport, newReport, type Note } from './report.ts';
import { type Run, runStage } from './run.ts';
import { createOpener, requireFitting } from './secrets.ts';
import { STARS } from './stars.ts';
import { TEAM_MEMBERS, TEAMS } from './teams.ts';

// How an import works. A source (server/sources/) gives rows of Grafana's tables in batches by id, with the columns that its version
// has. A stage (run.ts) brings the rows of one table: it prepares a batch, then writes it in one transaction together with what the
// ledger (ledger.store.ts) is to know of it: the row's id there and here. So an import that was killed goes on where it was, a
// second one adds what is new, and a row names others by the ids that they have there (refs.ts). Names, titles and uids that are
// taken get another form (names.ts, uids.ts, titles.ts); ids are kept where they were never given out here, which is seen to once
// at the beginning (begin.ts). What did not come, or not quite as it was, is noted with the reason (report.ts).

export type { KindReport, Note };

/** What an import has come to. */
export interface Imported {
  kinds: KindReport[];
  leftBehind: LeftBehind[];
}

export interface Options {
  /** Whether organizations and users that are here already are taken for those of the same name. */
  intoExisting: boolean;
  /** Grafana's secret key; without it the secrets of data sources are left out. */
  oldSecretKey: string | undefined;
  onNote(note: Note): void;
  onProgress(done: number, total: number): void;
}

const TABLES = [
  'org',
  'user',
  'org_user',
  'team',
  'team_member',
  'api_key',
  'dashboard',
  'folder',
  'star',
  'data_source',
  'data_source',
  'preferences',
  'quota',
  'library_element',
  'playlist',
  'annotation',
];

/**
 * Brings what a Grafana has, as far as it was not brought before, and says what became of it. Throws 400 for what is no Grafana's
 * database and for a secret key that is not its own; nothing has changed then.
 */
export async function importGrafana(
  context: RequestContext,
  source: Source,
  { intoExisting, oldSecretKey, onNote, onProgress }: Options,
): Promise<Imported> {
  await requireReadable(source, oldSecretKey);
  const opener = createOpener(source, oldSecretKey);
  let total = 0;
  for (const table of TABLES) total += await source.count(table);
  const { sourceId, tookOver } = await enterSource(context, source);
  const report = newReport(onNote);
  let done = 0;
  const run: Run = {
    context,
    source,
    sourceId,
    tookOver,
    intoExisting,
    ranges: await setIdsAside(context, source, sourceId),
    numbers: new Map(),
    usesRoles: await usesManagedRoles(source),
    report,
    advance(rows) {
      done += rows;
      onProgress(Math.min(done, total), total);
    },
  };
  onProgress(0, total);
  await runStage(run, ORGS);
  await runStage(run, PEOPLE);
  await runStage(run, MEMBERS);
  await runStage(run, TEAMS);
  await runStage(run, TEAM_MEMBERS);
  await runStage(run, CREDENTIALS);
  if (source.has('user', 'is_service_account')) await runStage(run, ACCOUNT_PERMISSIONS);
  await bringFolders(run);
  await runStage(run, DASHBOARDS);
  await runStage(run, STARS);
  await runStage(run, lateSecrets(opener));
  await runStage(run, dataSources(opener));
  await runStage(run, PREFERENCES);
  await runStage(run, QUOTAS);
  await runStage(run, LIBRARY_ELEMENTS);
  await runStage(run, PLAYLISTS);
  await runStage(run, ANNOTATIONS);
  await nameCustomRoles(run);
  await endTakeOver(context, sourceId);
  return { kinds: report.kinds(), leftBehind: await leftBehind(source) };
}

/** Refuses with 400 what is no Grafana's database, and a secret key that is not its own. */
export async function requireReadable(source: Source, oldSecretKey: string | undefined): Promise<void> {
  requireGrafana(source);
  if (oldSecretKey !== undefined) await requireFitting(source, createOpener(source, oldSecretKey));
}
