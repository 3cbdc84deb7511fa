import fastJson from 'fast-json-stringify';
import type { FastifySerializerCompiler } from 'fastify';
import type { TSchema } from 'typebox';

type Write = (answer: unknown) => string;

// Every stack has routes of its own, with the same schemas.
const writers = new WeakMap<TSchema, Write>();

/** Writes answers by a route's schema, which lets through only what it names. It is compiled by the first answer that needs it. */
export const serializerCompiler: FastifySerializerCompiler<TSchema> = ({ schema }) => {
  let write: Write | undefined;
  return (answer) => (write ??= writerOf(schema))(answer);
};

function writerOf(schema: TSchema): Write {
  const known = writers.get(schema);
  if (known) return known;
  const write = fastJson(schema as fastJson.AnySchema);
  writers.set(schema, write);
  return write;
}
