import type { Answer } from '../../lib/api.ts';
import { jsonProblem } from '../../lib/json-problem.ts';

export type DataSource = Answer<'/api/datasources/uid/{uid}', 'get'>;

/** A secret as the form has it. The one that is kept is known to the server alone. */
export interface Secret {
  /** Tells the rows of the form apart while their names change. */
  key: string;
  name: string;
  /** Undefined leaves the kept one as it is; '' takes it away. */
  value: string | undefined;
  isKept: boolean;
}

export interface SourceValues {
  name: string;
  type: string;
  access: 'proxy' | 'direct';
  url: string;
  user: string;
  database: string;
  basicAuth: boolean;
  basicAuthUser: string;
  withCredentials: boolean;
  isDefault: boolean;
  json: string;
  secrets: Secret[];
}

export const BLANK: SourceValues = {
  name: '',
  type: '',
  access: 'proxy',
  url: '',
  user: '',
  database: '',
  basicAuth: false,
  basicAuthUser: '',
  withCredentials: false,
  isDefault: false,
  json: '{}',
  secrets: [],
};

/** What a form begins with that changes a data source. */
export function valuesOf(source: DataSource): SourceValues {
  return {
    name: source.name,
    type: source.type,
    access: source.access === 'direct' ? 'direct' : 'proxy',
    url: source.url,
    user: source.user,
    database: source.database,
    basicAuth: source.basicAuth,
    basicAuthUser: source.basicAuthUser,
    withCredentials: source.withCredentials,
    isDefault: source.isDefault,
    json: JSON.stringify(source.jsonData, undefined, 2),
    secrets: Object.keys(source.secureJsonFields).map((kept) => ({
      key: kept,
      name: kept,
      value: undefined,
      isKept: true,
    })),
  };
}

/** What the server is sent: of the secrets only those that change. */
export function bodyOf({ json, secrets, ...values }: SourceValues) {
  const changed = secrets.filter(({ name, value }) => name !== '' && value !== undefined);
  return {
    ...values,
    jsonData: JSON.parse(json) as Record<string, unknown>,
    secureJsonData: Object.fromEntries(changed.map(({ name, value }) => [name.trim(), value ?? ''])),
  };
}

/** What is wrong in the form, by its fields. */
export const rules = {
  name: (name: string) => (name.trim() === '' ? 'Give the data source a name' : null),
  type: (type: string) => (type.trim() === '' ? 'Choose a type, or enter the id of a plugin' : null),
  json: (json: string) =>
    isJsonObject(json) ? null : 'This has to be a JSON object: {"a setting": "a value"}',
  secrets: {
    name: (name: string, { secrets }: SourceValues) => {
      if (name.trim() === '') return 'Give the secret a name';
      const same = secrets.filter((other) => other.name.trim() === name.trim());
      return same.length > 1 ? 'There is another secret of this name' : null;
    },
  },
};

function isJsonObject(text: string): boolean {
  if (jsonProblem(text) !== undefined) return false;
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
