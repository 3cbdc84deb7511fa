import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { badRequest, type ApiError } from '../errors.ts';

const options = { allErrors: false, strict: false, useDefaults: true, validateFormats: false } as const;
// Values of a path or a query string are text and have to become numbers; a body says what it means.
const coercing = new Ajv({ ...options, coerceTypes: 'array' });
const exact = new Ajv(options);

// Grafana: it reads a flag in these spellings, and its clients have theirs: Python's write True.
const FLAGS = new Map([
  ...['1', 't', 'T', 'TRUE', 'True'].map((text) => [text, 'true'] as const),
  ...['0', 'f', 'F', 'FALSE', 'False'].map((text) => [text, 'false'] as const),
]);

/**
 * Checks by a route's schemas: query and path are coerced, bodies never. They are compiled by the first request that needs them:
 * all of them at once would be most of a start, and few servers ever need all.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  let validate: ValidateFunction | undefined;
  const flags = httpPart === 'body' ? [] : flagsIn(schema);
  return (values: Record<string, unknown>) => {
    validate ??= (httpPart === 'body' ? exact : coercing).compile(schema);
    for (const name of flags) {
      const spelt = FLAGS.get(values[name] as string);
      if (spelt !== undefined) values[name] = spelt;
    }
    return validate(values) || { error: validate.errors ?? [] };
  };
};

function flagsIn(schema: TSchema): string[] {
  const properties = (schema as { properties?: Record<string, { type?: unknown }> }).properties ?? {};
  return Object.keys(properties).filter((name) => properties[name]?.type === 'boolean');
}

interface Invalid {
  validation: ErrorObject[];
  validationContext?: string;
}

/** How a route puts its refusals: the message for a bad body, and the names of what its path holds. */
interface Wording {
  badBody?: string | undefined;
  titleOf(parameter: string): string | undefined;
}

/** A failed validation as a 400 that names the value and what it has to be. */
export function invalidInput({ validation, validationContext }: Invalid, wording: Wording): ApiError {
  const error = validation[0];
  if (validationContext === 'params' && error) {
    const name = error.instancePath.slice(1);
    const title = wording.titleOf(name) ?? name;
    return badRequest(`${name} in the path ${requirement(error)}`, `${title} is invalid`);
  }
  const detail = error ? sentence(error, validationContext ?? 'body') : 'the request does not fit';
  return badRequest(detail, wording.badBody);
}

function sentence(error: ErrorObject, part: string): string {
  if (error.keyword === 'required') {
    const path = error.instancePath.slice(1).replaceAll('/', '.');
    return `${path === '' ? '' : `${path}.`}${String(error.params['missingProperty'])} is required`;
  }
  const name = error.instancePath.slice(1).replaceAll('/', '.');
  const where = part === 'querystring' ? `${name} in the query` : name === '' ? 'the body' : name;
  return `${where} ${requirement(error)}`;
}

function requirement({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case 'enum':
      return `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
    case 'type':
      return `must be ${String(params['type']).replaceAll(',', ' or ')}`;
    case 'minLength':
      return params['limit'] === 1 ? 'must not be empty' : `must have at least ${params['limit']} characters`;
    case 'maxLength':
      return `must have at most ${params['limit']} characters`;
    case 'pattern':
      return 'has a character that is not allowed';
    default:
      return message ?? 'does not fit';
  }
}
