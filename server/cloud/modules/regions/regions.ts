import type { Config } from '../../../config/config.ts';
import { invalidArgument, notFound } from '../../access/refusals.ts';

/** What belongs to a stack and is not here; the settings of its region say where it is. */
export const SERVICES = [
  'metrics',
  'graphite',
  'logs',
  'alertmanager',
  'traces',
  'profiles',
  'fleet',
] as const;
export type Service = (typeof SERVICES)[number];

export interface Region {
  id: number;
  slug: string;
  name: string;
  description: string;
  provider: string;
  cluster: string;
  /** Addresses; '' where there is none. */
  urls: Record<Service | 'influx' | 'otlp' | 'oncall', string>;
}

// Grafana's clients have these in their examples.
const USUAL = ['us', 'eu', 'prod-us-east-0'];

/** The regions of the settings or, where they name none, the usual ones. */
export function regionsOf(config: Config): Region[] {
  const given = Object.entries(config['cloud.region.*']);
  const all = given.length > 0 ? given : USUAL.map((slug) => [slug, {}] as const);
  return all.map(([slug, row]: readonly [string, Partial<Config['cloud.region.*'][string]>], at) => ({
    id: at + 1,
    slug,
    name: row.name || slug,
    description: row.description ?? '',
    provider: row.provider || 'local',
    cluster: row.cluster || slug,
    urls: {
      metrics: row.metrics_url ?? '',
      graphite: row.graphite_url ?? '',
      logs: row.logs_url ?? '',
      alertmanager: row.alertmanager_url ?? '',
      traces: row.traces_url ?? '',
      profiles: row.profiles_url ?? '',
      fleet: row.fleet_url ?? '',
      influx: row.influx_url ?? '',
      otlp: row.otlp_url ?? '',
      oncall: row.oncall_url ?? '',
    },
  }));
}

export function findRegion(config: Config, slug: string): Region | undefined {
  return regionsOf(config).find((region) => region.slug === slug);
}

/** A region by slug or id. Throws 404. */
export function requireRegion(config: Config, slugOrId: string): Region {
  const found = regionsOf(config).find(({ id, slug }) => slug === slugOrId || String(id) === slugOrId);
  if (found === undefined) throw notFound('Region', whatThereIs(config));
  return found;
}

/** A region by slug that a request names beside other things. Throws 409. */
export function knownRegion(config: Config, slug: string): string {
  if (findRegion(config, slug) !== undefined) return slug;
  throw invalidArgument(`Invalid region ${slug} specified`, whatThereIs(config));
}

function whatThereIs(config: Config): string {
  return `There are ${regionsOf(config)
    .map(({ slug }) => slug)
    .join(', ')}.`;
}
