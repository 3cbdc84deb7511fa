import type { RequestContext } from '../../context.ts';
import { ApiError, badRequest } from '../../errors.ts';
import { changeTexts, membersOf, objectText } from '../../../client/json-text.ts';
import { findFolder } from '../folders/folders.ts';
import { GENERAL } from '../folders/names.ts';
import { type DashboardRow, saveDashboard, type Saving } from './dashboards.ts';

/** What is to be put in where the dashboard has `${name}`. */
export interface GivenInput {
  name: string;
  type?: string | null;
  value?: string | null;
}

/** What the dashboard says that it needs. */
interface DeclaredInput {
  name: string;
  type: string;
  pluginId: string;
  value: string | undefined;
}

export interface Imported {
  row: DashboardRow;
  folderId: number;
  revision: number;
  description: string;
}

const MOST_INPUTS = 500;
// What only an export has: it says what to ask for and what to have in place before.
const ONLY_IN_EXPORTS = ['__inputs', '__requires', '__elements'];
const EXPRESSIONS = '__expr__';

/** Saves a dashboard that was exported, with what was given in the places that it left open. All else is as in saving. */
export async function importDashboard(
  context: RequestContext,
  { inputs, ...saving }: Saving & { inputs: readonly GivenInput[] },
): Promise<Imported> {
  const text = fillIn(saving.text, inputs, context.config.limits.max_dashboard_bytes);
  const row = await saveDashboard(context, { ...saving, text });
  const folder = row.parent_uid === '' ? GENERAL : await findFolder(context, { uid: row.parent_uid });
  const members = membersOf(text);
  const read = (name: string): unknown => JSON.parse(members.get(name) ?? 'null');
  const [revision, description] = [read('revision'), read('description')];
  return {
    row,
    folderId: folder?.id ?? GENERAL.id,
    revision: Number.isSafeInteger(revision) ? (revision as number) : 0,
    description: typeof description === 'string' ? description : '',
  };
}

/** The dashboard without its id and what only exports have; all else as it was sent, but for what was left open. */
function fillIn(text: string, given: readonly GivenInput[], mostBytes: number): string {
  const members = membersOf(text);
  const values = valuesOf(declaredInputs(JSON.parse(members.get('__inputs') ?? 'null')), given);
  for (const name of ONLY_IN_EXPORTS) members.delete(name);
  if (members.has('id')) members.set('id', 'null');
  const open = objectText(members);
  if (values.size === 0) return open;
  const filled = changeTexts(open, putIn(values, mostBytes));
  if (Buffer.byteLength(filled) > mostBytes) throw tooLarge(mostBytes);
  return filled;
}

function putIn(values: ReadonlyMap<string, string>, mostBytes: number): (text: string) => string {
  let put = 0;
  return (text) => {
    // Either sign may be written as an escape.
    if (!text.includes('${') && !text.includes('\\u')) return text;
    const before = JSON.parse(text) as string;
    const after = before.replaceAll(/\$\{([^${}]*)\}/g, (whole, name: string) => {
      const value = values.get(name);
      // A short body may ask for more text than there is memory.
      put += value?.length ?? 0;
      if (put > mostBytes) throw tooLarge(mostBytes);
      return value ?? whole;
    });
    return after === before ? text : JSON.stringify(after);
  };
}

function valuesOf(declared: readonly DeclaredInput[], given: readonly GivenInput[]): Map<string, string> {
  return new Map(
    declared.map((input) => {
      const value = valueOf(input, given);
      if (value !== undefined) return [input.name, value];
      const detail = `The dashboard needs the ${input.type} ${JSON.stringify(input.name)}: add { "name", "type", "value" } of it to inputs.`;
      throw badRequest(detail, `Dashboard input missing: ${input.name}`);
    }),
  );
}

function valueOf({ name, type, pluginId, value }: DeclaredInput, given: readonly GivenInput[]) {
  // Grafana: what calculates with the answers of data sources is the same everywhere.
  if (pluginId === EXPRESSIONS) return EXPRESSIONS;
  const found = given.find(
    // Grafana: "*" is for all of a type.
    (input) => (input.name === name || input.name === '*') && (input.type ?? type) === type,
  );
  return found?.value ?? value;
}

function declaredInputs(inputs: unknown): DeclaredInput[] {
  if (inputs === null) return [];
  if (!Array.isArray(inputs)) throw badRequest('dashboard.__inputs must be array');
  if (inputs.length > MOST_INPUTS) {
    throw badRequest(`dashboard.__inputs must have at most ${MOST_INPUTS} inputs`);
  }
  return inputs.map((input: unknown, at) => declaredInput(input, `dashboard.__inputs.${at}`));
}

function declaredInput(input: unknown, where: string): DeclaredInput {
  if (typeof input !== 'object' || input === null) throw badRequest(`${where} must be object`);
  const { name, type = '', pluginId = '', value } = input as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') throw badRequest(`${where}.name is required`);
  if (typeof type !== 'string') throw badRequest(`${where}.type must be string`);
  if (typeof pluginId !== 'string') throw badRequest(`${where}.pluginId must be string`);
  // Only a constant brings what it is when nothing is given.
  return {
    name,
    type,
    pluginId,
    value: type === 'constant' && typeof value === 'string' ? value : undefined,
  };
}

function tooLarge(mostBytes: number): ApiError {
  return new ApiError(413, 'body-too-large', 'request body too large', {
    detail: `With its inputs put in, the dashboard has more than ${mostBytes} bytes.`,
  });
}
