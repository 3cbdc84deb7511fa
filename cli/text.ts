const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|^\p{Emoji_Presentation}|\ufe0f/u;
const HALF_WIDTH = /^[\uff61-\uffdc]/;
const WITHOUT_WIDTH = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u;

const segmenter = new Intl.Segmenter();

/** A text of somebody else's in one line, with whatever could steer a terminal written out: `\u001b`. */
export function printable(text: string): string {
  return text.replaceAll(INVISIBLE, (character) => escaped(character));
}

/** JSON that can be looked at in a terminal: what JSON itself leaves as it is although terminals may obey it is escaped. */
export function printableJson(value: unknown): string {
  const json = JSON.stringify(value, undefined, 2);
  return json.replaceAll(INVISIBLE, (character) => (character === '\n' ? character : escaped(character)));
}

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += widthOfSegment(segment);
  return width;
}

/** A text that takes at most so many columns; where it was cut it ends in `…`. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += widthOfSegment(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** A text in lines of at most so many columns; a longer word has a line to itself. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > columns) lines.push(line);
    line = line !== '' && widthOf(longer) > columns ? word : longer;
  }
  return [...lines, line];
}

function widthOfSegment(segment: string): number {
  if (WITHOUT_WIDTH.test(segment)) return 0;
  return WIDE.test(segment) && !HALF_WIDTH.test(segment) ? 2 : 1;
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
