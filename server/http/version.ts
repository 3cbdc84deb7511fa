import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

const manifest = findPackageJSON(import.meta.url);
if (manifest === undefined) throw new Error(`no package.json lies above ${import.meta.filename}`);

/** The version of this Latchkey, as its package says. */
export const VERSION = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;

/** What clients that branch on Grafana's version are told: the one whose ways they then take are those that are answered here. */
export const GRAFANA_VERSION = '10.4.0';

/** Grafana: NA where the build does not tell which commit it was made of, as here. */
export const COMMIT = 'NA';
