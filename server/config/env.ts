import { ConfigError } from './config-error.ts';
import { findSetting, listSettings } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
type EnvironmentValue = {
  readonly section: string;
  readonly key: string;
  readonly text: string;
  readonly source: string;
  /** The text came from a file and is taken as it is. */
  readonly literal: boolean;
};

const fileSuffix = '__FILE';
const collector = { section: 'tracing.opentelemetry.otlp', key: 'address' };

/** The variable that sets a key: `GF_<SECTION>_<KEY>`, dots and dashes as underscores. */
export function variableName(section: string, key: string): string {
  return `GF_${section}_${key}`.replaceAll(/[.-]/g, '_').toUpperCase();
}

const places = new Map(
  listSettings().map(({ section, key }) => [variableName(section, key), { section, key }]),
);
const namedSections = listSettings().filter(({ section }) => section.endsWith('.*'));
const freeSections = listSettings().filter(({ key }) => key === '*');

/** The settings among the variables, and the names of `GF_` variables that are none; `readFile` serves `…__FILE`. */
export function readEnvironment(
  env: Environment,
  readFile: (path: string) => string,
): { values: EnvironmentValue[]; unknown: string[] } {
  const values: EnvironmentValue[] = [];
  const unknown: string[] = [];
  for (const variable of Object.keys(env)
    .filter((name) => name.startsWith('GF_'))
    .toSorted()) {
    const content = env[variable];
    // Grafana: an empty variable counts as not set.
    if (content === undefined || content === '') continue;
    const place = findPlace(variable);
    if (place === undefined) unknown.push(variable);
    else values.push({ ...place, ...readVariable(env, variable, content, fileReader(place, readFile)) });
  }
  return { values: [...collectorOf(env), ...values], unknown };
}

/** The collector that OpenTelemetry's own variables name; one with a `GF_` variable comes after it and wins. */
function collectorOf(env: Environment): EnvironmentValue[] {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return [];
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ofTraces, OTEL_EXPORTER_OTLP_ENDPOINT: ofAll } = env;
  const given = { ...collector, literal: true };
  if (ofTraces)
    return [{ ...given, text: ofTraces, source: 'environment OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' }];
  if (!ofAll) return [];
  const text = ofAll.replace(/\/?$/, '/v1/traces');
  return [{ ...given, text, source: 'environment OTEL_EXPORTER_OTLP_ENDPOINT' }];
}

function findPlace(variable: string): { section: string; key: string } | undefined {
  const name = baseName(variable);
  const place = places.get(name);
  if (place !== undefined) return place;
  const ofRegion = placeInNamed(name);
  if (ofRegion !== undefined) return ofRegion;
  for (const { section } of freeSections) {
    const prefix = variableName(section, '');
    if (name.startsWith(prefix) && name !== prefix)
      return { section, key: name.slice(prefix.length).toLowerCase() };
  }
  return undefined;
}

/** A key of a section with a name: GF_CLOUD_REGION_EU_LOGS_URL. A dash of the name is an underscore there. */
function placeInNamed(variable: string): { section: string; key: string } | undefined {
  for (const { section, key } of namedSections) {
    const start = variableName(section.slice(0, -1), '').replace(/_$/, '');
    const end = `_${key.toUpperCase()}`;
    const name =
      variable.startsWith(start) && variable.endsWith(end) ? variable.slice(start.length, -end.length) : '';
    if (name !== '') {
      return { section: section.slice(0, -1) + name.toLowerCase().replaceAll('_', '-'), key };
    }
  }
  return undefined;
}

/** Reads the file of a setting. One of a secret must not be empty: that would be a secret which everybody knows, or none. */
export function fileReader(
  { section, key }: { section: string; key: string },
  readFile: (path: string) => string,
): (path: string) => string {
  if (findSetting(section, key)?.secret === undefined) return readFile;
  return (path) => {
    const text = readFile(path);
    if (text === '') throw new Error(`names the file ${path}, which is empty: write the secret into it`);
    return text;
  };
}

function readVariable(
  env: Environment,
  variable: string,
  content: string,
  readFile: (path: string) => string,
) {
  const source = `environment ${variable}`;
  const name = baseName(variable);
  if (name === variable) return { text: content, source, literal: false };
  if ((env[name] ?? '') !== '')
    throw new ConfigError(`${name} and ${variable} are both set; set one of them`);
  try {
    return { text: readFile(content), source, literal: true };
  } catch (error) {
    throw new ConfigError(`environment ${variable}: ${(error as Error).message}`, { cause: error });
  }
}

function baseName(variable: string): string {
  return variable.endsWith(fileSuffix) ? variable.slice(0, -fileSuffix.length) : variable;
}
