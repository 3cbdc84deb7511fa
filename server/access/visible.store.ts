import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Level } from './object-levels.ts';
import type { Reach, Sight } from './visible.ts';

const NO = sql<SqlBool>`1 = 0`;
const YES = sql<SqlBool>`1 = 1`;
/** Whatever lies in no folder lies in the one of this name. */
const GENERAL = 'general';

/** Whether a row of the table dashboard, under the name that it has in the query, is in sight. */
export function isInSight(sight: Sight, row: string): RawBuilder<SqlBool> {
  const dashboard = or([
    isReachedFolder(sight, sight.dashboards, `${row}.parent_uid`),
    isReachedAlone(sight, `${row}.uid`),
    sight.dashboards.folderUids.includes(GENERAL) ? sql<SqlBool>`${sql.ref(`${row}.parent_uid`)} = ''` : NO,
  ]);
  const isFolder = sql.ref(`${row}.is_folder`);
  const folder = isReachedFolder(sight, sight.folders, `${row}.uid`);
  if (folder === YES && dashboard === YES) return YES;
  return sql<SqlBool>`((${isFolder} = 1 and ${folder}) or (${isFolder} = 0 and ${dashboard}))`;
}

/** Whether the folder whose uid a column holds is in sight; '' names none. */
export function isFolderInSight(sight: Sight, column: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`(${sql.ref(column)} <> '' and ${isReachedFolder(sight, sight.folders, column)})`;
}

/** Whether the folder whose uid a column holds, or one around it, is reached. */
function isReachedFolder(sight: Sight, reach: Reach, column: string): RawBuilder<SqlBool> {
  if (reach.all) return YES;
  const roots = [
    ...(reach.folderLevels.length > 0 ? [givenOn(sight, 'folders', reach.folderLevels)] : []),
    ...(reach.folderUids.length > 0 ? [existing(sight, reach.folderUids)] : []),
  ];
  if (roots.length === 0) return NO;
  // The inner query does not depend on the row, so that either database runs it once. The cross join has SQLite go from the
  // folders that are reached to those in them; left to itself it reads all of the organization each time.
  return sql<SqlBool>`${sql.ref(column)} in (
    with recursive reached(uid) as (
      ${sql.join(roots, sql` union `)}
      union
      select child.uid from reached cross join dashboard as child
       where child.org_id = ${sight.orgId} and child.is_folder = 1 and child.parent_uid = reached.uid)
    select uid from reached)`;
}

function isReachedAlone(sight: Sight, column: string): RawBuilder<SqlBool> {
  const { levels, uids } = sight.dashboards;
  const given = sql<SqlBool>`${sql.ref(column)} in (${givenOn(sight, 'dashboards', levels)})`;
  const granted = sql<SqlBool>`${sql.ref(column)} in (${sql.join(uids)})`;
  return or([levels.length > 0 ? given : NO, uids.length > 0 ? granted : NO]);
}

function givenOn({ orgId, subjects }: Sight, kind: string, levels: readonly Level[]) {
  return sql`select object_id from object_permission where org_id = ${orgId} and kind = ${kind}
    and subject in (${sql.join(subjects)}) and level in (${sql.join(levels)})`;
}

function existing({ orgId }: Sight, uids: readonly string[]) {
  return sql`select uid from dashboard where org_id = ${orgId} and is_folder = 1 and uid in (${sql.join(uids)})`;
}

function or(conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  if (conditions.includes(YES)) return YES;
  const open = conditions.filter((condition) => condition !== NO);
  return open.length === 0 ? NO : sql<SqlBool>`(${sql.join(open, sql` or `)})`;
}
