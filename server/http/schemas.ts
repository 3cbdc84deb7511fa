import { type Static, type TSchema, Type } from 'typebox';
import { ROLES } from '../access/roles.ts';

const LONGEST_NAME = 190;
// PostgreSQL cannot keep a NUL in a text.
const NO_NUL = '^[^\\u0000]*$';

/** A name: 1 to 190 characters. */
export const Name = Type.String({ minLength: 1, maxLength: LONGEST_NAME, pattern: NO_NUL });

/** Any text up to a length. */
export const Text = (maxLength = 255) => Type.String({ maxLength, pattern: NO_NUL });

/** A text that is searched for, in a query string. */
export const Query = Type.Optional(Text());

// Without a type of its own, so that whatever else is sent gets the list of roles as the answer.
export const RoleSchema = Type.Unsafe<(typeof ROLES)[number]>({ enum: [...ROLES] });

const ID_RANGE = { minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };

/** An id in a path or a body. */
export const Id = Type.Integer(ID_RANGE);

/** An id that a refusal calls by a name: "Service Account ID is invalid". */
export const IdCalled = (title: string) => Type.Integer({ ...ID_RANGE, title });

export const IdParams = Type.Object({ id: Id });

/** RFC 3339 in UTC. */
export const Timestamp = Type.String();

/** The same, or null. As a list of types where it can be: a choice of schemas costs each answer's serializer a validator. */
export function nullable<T extends TSchema>(schema: T) {
  const type = (schema as { type?: unknown }).type;
  const either =
    typeof type === 'string' ? { ...schema, type: [type, 'null'] } : { anyOf: [schema, { type: 'null' }] };
  return Type.Unsafe<Static<T> | null>(either);
}

/** The answer to a change that has nothing else to tell. */
export const Message = Type.Object({ message: Type.String() });

/** JSON that is kept as it came. */
export const FreeJson = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true });

const CENTURY = 100 * 365 * 86_400;

/** How long a credential is to live; none, null and 0 are no limit. The sign is judged by the rule, which has words for it. */
export const SecondsToLive = Type.Optional(nullable(Type.Integer({ minimum: -CENTURY, maximum: CENTURY })));
