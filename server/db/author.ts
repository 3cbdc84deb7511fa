import { sql } from 'kysely';

/** The login of the user or service account whose id a column holds; null for a key's work, and when they are gone. */
export function loginOf(column: string) {
  const id = sql.ref(column);
  return sql<string | null>`coalesce((select login from "user" where id = ${id}),
    (select login from service_account where id = ${id}))`;
}

/** The email of the user whose id a column holds; null for anybody else's work. */
export function emailOf(column: string) {
  return sql<string | null>`(select email from "user" where id = ${sql.ref(column)})`;
}
