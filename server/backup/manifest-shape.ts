import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

const Backed = { file: Type.String(), rows: Type.Integer(), madeAt: Type.String() };
const Named = { id: Type.Integer(), slug: Type.String() };
const Manifest = Type.Object({
  format: Type.Literal('latchkey-backups'),
  version: Type.Literal(1),
  madeAt: Type.String(),
  server: Type.Object(Backed),
  cloud: Type.Object(Backed),
  stacks: Type.Array(Type.Object({ ...Named, ...Backed })),
  /** Stacks that could not be backed up. */
  missing: Type.Array(Type.Object({ ...Named, reason: Type.String() })),
});
export type Manifest = Static<typeof Manifest>;

/** Whether something that was read is what a directory of backups says of itself. */
export function isManifest(read: unknown): read is Manifest {
  return Value.Check(Manifest, read);
}
