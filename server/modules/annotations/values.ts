import { badRequest } from '../../errors.ts';

/** What is said of something that happened. Text '' and time 0 count as not given, as in Grafana. */
export interface Values {
  time?: number | null;
  timeEnd?: number | null;
  text?: string | null;
  /** A text is a list of words. */
  tags?: readonly string[] | string | null;
  data?: Record<string, unknown> | null;
}

export interface Period {
  starts_at: number;
  ends_at: number;
}

export const LONGEST_TAG = 100;
export const MOST_TAGS = 50;
const LONGEST_DATA = 65_536;

/** When it is to be, given when it was; a moment stays one unless an end is given. Throws 400 for an end before the start. */
export function periodOf({ time, timeEnd }: Values, before: Period, refusal: string): Period {
  const starts_at = time || before.starts_at;
  const ends_at = timeEnd || (before.ends_at === before.starts_at ? starts_at : before.ends_at);
  if (ends_at >= starts_at) return { starts_at, ends_at };
  throw badRequest(`timeEnd, ${ends_at}, must not be before time, ${starts_at}`, refusal);
}

/** The text, which has to be there. Throws 400. */
export function requireText(text: string | null | undefined, refusal: string, name = 'text'): string {
  if ((text ?? '').trim() === '') throw badRequest(`${name} is required and must not be empty`, refusal);
  return text as string;
}

/** Tags without the blanks around them, each once; a text is split into its words. Throws 400 for too many or too long ones. */
export function tidyTags(given: readonly string[] | string | null | undefined, refusal?: string): string[] {
  const list = typeof given === 'string' ? given.split(/\s+/) : (given ?? []);
  const tags = [...new Set(list.map((tag) => tag.trim().toWellFormed()).filter((tag) => tag !== ''))];
  if (tags.length <= MOST_TAGS && tags.every((tag) => Array.from(tag).length <= LONGEST_TAG)) return tags;
  throw badRequest(`there may be ${MOST_TAGS} tags of ${LONGEST_TAG} characters each at most`, refusal);
}

/** Free data as JSON. Throws 400 when it is too long. */
export function dataText(data: Record<string, unknown>, refusal: string): string {
  const text = JSON.stringify(data);
  if (text.length <= LONGEST_DATA) return text;
  throw badRequest(`data must have at most ${LONGEST_DATA} characters as JSON`, refusal);
}
