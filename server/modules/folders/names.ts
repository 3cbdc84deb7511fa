import { randomLetters } from '../../crypto/random.ts';
import { type ApiError, badRequest } from '../../errors.ts';

/** The folder that is none: whatever lies in no folder lies in it. */
export const GENERAL = { id: 0, uid: 'general', title: 'General' } as const;

const GENERATED_UID_LENGTH = 14;
const LONGEST_UID = 40;
const LONGEST_TITLE = 190;

/** The uid that was asked for, else a new one. Throws 400 for one that is not allowed. */
export function uidOrNew(uid: string | null | undefined): string {
  if (uid === undefined || uid === null || uid === '') return randomLetters(GENERATED_UID_LENGTH);
  if (uid.length > LONGEST_UID) {
    throw badRequest('Choose a shorter uid, or leave it out to get one.', 'uid too long, max 40 characters');
  }
  if (!/^[A-Za-z0-9_-]+$/.test(uid)) {
    throw badRequest('A uid is made of letters, digits, - and _.', 'uid contains illegal characters');
  }
  if (uid === GENERAL.uid) throw badRequest('The uid "general" stands for no folder: choose another.');
  return uid;
}

/** A title without the blanks around it. Throws 400 for one that cannot be kept, and what the caller says for an empty one. */
export function tidyTitle(title: string | null | undefined, whenEmpty: () => ApiError): string {
  const tidy = (title ?? '').trim();
  if (tidy === '') throw whenEmpty();
  if (tidy.length > LONGEST_TITLE) throw badRequest(`title must have at most ${LONGEST_TITLE} characters`);
  if (tidy.includes('\u0000')) throw badRequest('title has a character that is not allowed');
  return tidy;
}

/** A title as it stands in addresses: lower case, Latin letters without accents, and digits. */
export function slugOf(title: string): string {
  const plain = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = plain.replaceAll(/[^a-z0-9_]+/g, '-').replaceAll(/^-+|-+$/g, '');
  // Grafana: a title without any such letter goes by its base64.
  return slug === '' ? Buffer.from(title).toString('base64url') : slug;
}

interface Named {
  uid: string;
  title: string;
}

export function folderUrl({ uid, title }: Named): string {
  return `/dashboards/f/${uid}/${slugOf(title)}`;
}

export function dashboardUrl({ uid, title }: Named): string {
  return `/d/${uid}/${slugOf(title)}`;
}

/** How many dashboards a refusal names at most. */
export const MOST_NAMED = 5;

/** Some dashboards by title and uid, and how many there are besides. */
export function namedOf(some: readonly { uid: string; title: string }[], count: number): string {
  const names = some.map(({ uid, title }) => `${JSON.stringify(title)} (${uid})`);
  const more = count - names.length;
  if (names.length === 0) return `${more} that you may not read`;
  return more === 0 ? names.join(', ') : `${names.join(', ')} and ${more} more`;
}
