import { client } from '../../lib/api.ts';

/** One call of the API. */
export interface Call {
  /** Method and path: GET /api/folders/{uid}. */
  line: string;
  summary: string;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

interface Description {
  paths?: Record<string, Partial<Record<(typeof METHODS)[number], { summary?: string }>>>;
}

/** All calls, out of the description of the API, which is large and is read here alone. */
export async function loadCalls(): Promise<Call[]> {
  const { data } = await client.GET('/api/openapi.json');
  const { paths = {} } = (data ?? {}) as Description;
  return Object.entries(paths).flatMap(([path, operations]) =>
    METHODS.filter((method) => operations[method] !== undefined).map((method) => ({
      line: `${method.toUpperCase()} ${path}`,
      summary: operations[method]?.summary ?? '',
    })),
  );
}

/** Whether every word that was typed is somewhere in a call. */
export function isLike({ line, summary }: Call, typed: string): boolean {
  const text = `${line} ${summary}`.toLowerCase();
  const words = typed.toLowerCase().split(/\s+/);
  return words.every((word) => text.includes(word));
}

/** The names in braces that stand for what is meant. */
export function namesIn(line: string): string[] {
  return [...line.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** The line with what is meant in the place of the names; undefined while it is no method and path, or something is missing. */
export function requestOf(
  line: string,
  values: Readonly<Record<string, string>>,
): { method: string; path: string } | undefined {
  const [, method, path] = /^([A-Za-z]+)\s+(\/\S*)$/.exec(line.trim()) ?? [];
  if (method === undefined || path === undefined) return undefined;
  if (namesIn(path).some((name) => (values[name] ?? '').trim() === '')) return undefined;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(values[name]?.trim() ?? ''),
  );
  return { method: method.toUpperCase(), path: filled };
}
