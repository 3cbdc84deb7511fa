import fastJson from 'fast-json-stringify';
import type { FastifySerializerCompiler } from 'fastify';
import type { TSchema } from 'typebox';

/** Writes answers by a route's schema, which lets through only what it names. It is compiled by the first answer that needs it. */
export const serializerCompiler: FastifySerializerCompiler<TSchema> = ({ schema }) => {
  let write: ((answer: unknown) => string) | undefined;
  return (answer) => (write ??= fastJson(schema as fastJson.AnySchema))(answer);
};
