/** The end of a sentence: a text that may end in a full stop already, as "Main Org." does. */
export function asSentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
