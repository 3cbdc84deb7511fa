import { invalidArgument } from '../../access/refusals.ts';

export interface StackChanges {
  name?: string | undefined;
  slug?: string | undefined;
  url?: string | null | undefined;
  description?: string | null | undefined;
  labels?: Record<string, string> | null | undefined;
  deleteProtection?: boolean | null | undefined;
}

const SLUG = /^[a-z][a-z0-9_-]{0,62}$/;
const LABEL = /^[a-zA-Z0-9/\-.]+$/;
const MOST_LABELS = 10;
const LONGEST_TEXT = 1000;

/** The columns of what is given, checked. Throws 409 for what is not allowed. */
export function fieldsOf({ name, slug, description, labels, deleteProtection }: StackChanges) {
  if (name === '') throw invalidArgument('Field is required: name');
  if (slug !== undefined && !SLUG.test(slug)) {
    throw invalidArgument(
      `Invalid slug ${slug} specified`,
      'A slug is 1 to 63 lower case letters, digits, _ and -, and begins with a letter.',
    );
  }
  if (description !== undefined && (description ?? '').length > LONGEST_TEXT) {
    throw invalidArgument('Invalid description specified', `It has at most ${LONGEST_TEXT} characters.`);
  }
  const pairs = Object.entries(labels ?? {});
  if (pairs.length > MOST_LABELS || !pairs.flat().every((text) => LABEL.test(text))) {
    throw invalidArgument(
      'Invalid labels specified',
      `A stack has at most ${MOST_LABELS}, of letters, digits and / - . alone.`,
    );
  }
  return {
    ...(name === undefined ? {} : { name }),
    ...(slug === undefined ? {} : { slug }),
    ...(description === undefined ? {} : { description: description ?? '' }),
    ...(labels === undefined ? {} : { labels: JSON.stringify(labels ?? {}) }),
    ...(deleteProtection === undefined || deleteProtection === null
      ? {}
      : { delete_protection: deleteProtection ? (1 as const) : (0 as const) }),
  };
}

/** The slug of a stack that is given only a name; it may be one that is not allowed. */
export function slugFrom(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '');
}
