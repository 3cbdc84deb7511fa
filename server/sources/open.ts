import { type Source, SourceError } from './source.ts';

const FORMS =
  'Write --from grafana.db, --from postgres://user@host/database or --from mysql://user@host/database.';

/** The source that a file's path or the address of a database names. Its driver is loaded only when it is needed. */
export async function openSource(from: string): Promise<Source> {
  const scheme = /^([a-z][a-z0-9+]*):\/\//i.exec(from)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return (await import('./sqlite.ts')).openSqliteSource(from);
    case 'postgres':
    case 'postgresql':
      return (await import('./postgres.ts')).openPostgresSource(from, nameOf(from));
    case 'mysql':
    case 'mariadb':
      return (await import('./mysql.ts')).openMysqlSource(from.replace(/^mariadb/i, 'mysql'), nameOf(from));
    default:
      throw new SourceError(`there is no reading from ${scheme}://`, FORMS);
  }
}

/** An address without the password and whatever else may be secret in it. */
function nameOf(address: string): string {
  const url = URL.parse(address);
  if (url === null) throw new SourceError('the address after --from is not one', FORMS);
  return `${url.protocol}//${url.host}${url.pathname}`;
}
