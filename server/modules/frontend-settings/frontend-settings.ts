import { allows } from '../../access/evaluate.ts';
import type { RequestContext } from '../../context.ts';
import { type DataSourceRow, dataSourcesOf } from '../datasources/datasources.ts';

/** The data sources that the actor may read, by name as pages look them up, and the name of the default one. */
export async function readableDataSources(context: RequestContext) {
  const { orgId, grants } = context.actor;
  const rows = await dataSourcesOf(context, orgId);
  const readable = rows.filter(({ uid }) => allows(grants, 'datasources:read', [`datasources:uid:${uid}`]));
  return {
    datasources: Object.fromEntries(readable.map((row) => [row.name, shown(row)])),
    defaultDatasource: readable.find((row) => row.is_default === 1)?.name ?? '',
  };
}

function shown(row: DataSourceRow) {
  const { id, uid, type, name, access } = row;
  return {
    id,
    uid,
    type,
    name,
    access,
    // Where the page would reach it; Grafana: one behind the server has no address of its own, and nothing is proxied here.
    ...(access === 'direct' ? { url: row.url } : {}),
    isDefault: row.is_default === 1,
    readOnly: row.read_only === 1,
    jsonData: JSON.parse(row.json_data) as Record<string, unknown>,
    meta: { id: type, name: type, type: 'datasource' },
  };
}
