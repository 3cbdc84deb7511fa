import { type ExpressionWrapper, type ReferenceExpression, type SqlBool, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** What is searched instead of the text itself: lower case by Unicode's rules, which the two databases do not share. */
export function searchText(...parts: string[]): string {
  return parts.join('\n').toLowerCase();
}

/** A login or email as it is kept and compared: in lower case, and each accented letter written in the one way of Unicode's NFC. */
export function comparableName(name: string): string {
  return name.toLowerCase().normalize('NFC');
}

/** `column` contains `text`, whatever the case; the column holds searchText. */
export function contains<T extends keyof Schema>(column: ReferenceExpression<Schema, T>, text: string) {
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return sql<SqlBool>`${sql.ref(column as string)} like ${pattern} escape '\\'` as unknown as ExpressionWrapper<
    Schema,
    T,
    SqlBool
  >;
}
