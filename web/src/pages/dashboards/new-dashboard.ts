import { membersOf } from '../../../../client/json-text.ts';
import { jsonProblem } from '../../lib/json-problem.ts';

/** What an export leaves open, to be filled in where it is imported. */
export interface Input {
  name: string;
  label: string;
  type: string;
  /** Of which kind the data source is to be; '' for anything else. */
  pluginId: string;
  /** What stands there if nothing else is entered. */
  value: string;
  description: string;
}

/** What is known of a dashboard before it is saved. */
export interface NewDashboard {
  /** The JSON of the dashboard itself. */
  text: string;
  title: string;
  uid: string;
  inputs: Input[];
}

export const BLANK = `{
  "title": "",
  "tags": [],
  "timezone": "browser",
  "panels": [],
  "schemaVersion": 36
}`;

const EXPRESSIONS = '__expr__';

/** Reads a dashboard out of what somebody pasted: alone, or within what the API answers or takes. A text says what is wrong. */
export function readNew(text: string): NewDashboard | string {
  const problem = jsonProblem(text);
  if (problem !== undefined) return `Line ${problem.line}, column ${problem.column}: ${problem.message}`;
  const whole = objectOf(JSON.parse(text));
  if (whole === undefined) return 'The JSON of a dashboard is an object: it begins with { and ends with }.';
  const within = 'title' in whole ? undefined : objectOf(whole['dashboard']);
  const { title, uid, __inputs } = within ?? whole;
  return {
    text: within === undefined ? text : (membersOf(text).get('dashboard') ?? ''),
    title: textOf(title),
    uid: textOf(uid),
    inputs: Array.isArray(__inputs) ? __inputs.flatMap(inputsOf) : [],
  };
}

function inputsOf(input: unknown): Input[] {
  const given = objectOf(input) ?? {};
  const [name, type, pluginId] = [given['name'], given['type'], given['pluginId']].map(textOf);
  // What calculates with the answers of data sources is the same everywhere.
  if (name === undefined || name === '' || pluginId === EXPRESSIONS) return [];
  return [
    {
      name,
      type: type ?? '',
      pluginId: pluginId ?? '',
      label: textOf(given['label']) || name,
      value: textOf(given['value']),
      description: textOf(given['description']),
    },
  ];
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
