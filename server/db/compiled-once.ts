import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/**
 * A query with one value, which is put together once for each database and not each time: for one row by its key, that takes longer
 * than to read it.
 */
export function compiledOnce<Value, Row>(
  build: (db: Kysely<Schema>, value: Value) => Compilable<Row>,
): (db: Kysely<Schema>, value: Value) => Promise<Row[]> {
  const compiled = new WeakMap<Kysely<Schema>, CompiledQuery<Row>>();
  return async (db, value) => {
    let query = compiled.get(db);
    if (query === undefined) {
      query = build(db, value).compile();
      if (query.parameters.length !== 1) throw new Error(`one value is not enough for: ${query.sql}`);
      compiled.set(db, query);
    }
    const { rows } = await db.executeQuery<Row>({ ...query, parameters: [value] });
    return rows;
  };
}
