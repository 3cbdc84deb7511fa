import type { As, World } from '../../server/testing/world.ts';

/** One recorded request, and what its answer has to be. */
export interface Case {
  id: string;
  /** `admin`, `bearer:<secret>`, `basic:<login>:<password>`, or `raw:<the whole header>`; nobody without it. */
  as?: string;
  /** Method and path. `{name}` stands for what an earlier answer gave, here and in everything that is sent. */
  ask: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** A body that is no JSON. */
  text?: string;
  /** The status, or those of which any will do. */
  status: number | number[];
  /** Keys with the JSON types of their values; more keys may be there. */
  shape?: unknown;
  /** The message; with … at its end, how it begins. */
  message?: string;
  /** What to keep of the answer: a name, and the path to the value. */
  save?: Record<string, string>;
  /** Why the expectation differs from the recording. */
  why?: string;
}

export interface Section {
  section: string;
  cases: (Case | { wait: number })[];
}

export interface Replayed extends Case {
  got: number;
  body: unknown;
}

/** Sends every request in order to one server, each with what the answers before it gave. */
export async function replay(world: World, sections: Section[]): Promise<Map<string, Replayed[]>> {
  const kept = new Map<string, unknown>();
  const replayed = new Map<string, Replayed[]>();
  for (const { section, cases } of sections) {
    const answers: Replayed[] = [];
    for (const item of cases) {
      if ('wait' in item) world.clock.advance(item.wait);
      else answers.push(await ask(world, item, kept));
    }
    replayed.set(section, answers);
  }
  return replayed;
}

async function ask(world: World, item: Case, kept: Map<string, unknown>): Promise<Replayed> {
  const [method = '', path = ''] = item.ask.split(' ');
  const headers = { ...authorization(fillText(item.as ?? '', kept)), ...filledHeaders(item, kept) };
  const body = item.text ?? (item.body === undefined ? undefined : JSON.stringify(fill(item.body, kept)));
  const answer = await world.send(asIs, method, fillText(path, kept), body, headers);
  for (const [name, where] of Object.entries(item.save ?? {})) {
    const value = valueAt(answer.body, where);
    if (value !== undefined) kept.set(name, value);
  }
  return { ...item, got: answer.status, body: answer.body };
}

// The header is made here, since some of the recorded ones are wrong on purpose.
const asIs: As = undefined;

function authorization(as: string): Record<string, string> {
  if (as === '') return {};
  if (as === 'admin') return authorization('basic:admin:admin');
  const [, kind = '', rest = ''] = /^(\w+):(.*)$/s.exec(as) ?? [];
  if (kind === 'bearer') return { authorization: `Bearer ${rest}` };
  if (kind === 'raw') return { authorization: rest };
  return { authorization: `Basic ${Buffer.from(rest).toString('base64')}` };
}

function filledHeaders({ headers = {} }: Case, kept: Map<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fillText(value, kept)]));
}

function fill(value: unknown, kept: Map<string, unknown>): unknown {
  if (typeof value === 'string') {
    const number = /^\{int:(\w+)\}$/.exec(value)?.[1];
    return number === undefined ? fillText(value, kept) : Number(kept.get(number) ?? -1);
  }
  if (Array.isArray(value)) return value.map((part) => fill(part, kept));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, fill(part, kept)]));
}

function fillText(text: string, kept: Map<string, unknown>): string {
  return text.replaceAll(/\{([a-z]\w*)\}/g, (_, name: string) => {
    const value = kept.get(name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : `no-${name}`;
  });
}

function valueAt(body: unknown, where: string): unknown {
  let value = body;
  for (const key of where.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return value;
}

/** What a shape asks for and a body lacks, as paths. A null on either side says nothing of the type. */
export function lacks(shape: unknown, body: unknown, where = ''): string[] {
  if (typeof shape === 'string') {
    const type = typeOf(body);
    return type === shape || type === 'null' || shape === 'null' ? [] : [`${where} is ${type}, not ${shape}`];
  }
  if (Array.isArray(shape)) {
    if (!Array.isArray(body)) return [`${where || 'the body'} is no list`];
    return shape.length === 0 || body.length === 0 ? [] : lacks(shape[0], body[0], `${where}[0]`);
  }
  if (typeof body !== 'object' || body === null) return [`${where || 'the body'} is no object`];
  return Object.entries(shape as object).flatMap(([key, part]) =>
    key in body
      ? lacks(part, (body as Record<string, unknown>)[key], `${where}.${key}`)
      : [`${where}.${key} is missing`],
  );
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? 'list' : typeof value;
}
