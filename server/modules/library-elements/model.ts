import { badRequest } from '../../errors.ts';
import { membersOf } from '../../../client/json-text.ts';

/** The model of an element as it was sent, and what the server reads of it. */
export interface Model {
  text: string;
  type: string;
  description: string;
}

const LONGEST_TYPE = 190;
const LONGEST_DESCRIPTION = 2048;

/** Reads a model, which has to be the valid JSON of an object. Throws 400 where its type or description is not a text, or is too long. */
export function readModel(text: string): Model {
  const members = membersOf(text);
  const read = (name: string, longest: number): string => {
    const value: unknown = JSON.parse(members.get(name) ?? 'null');
    if (value === null) return '';
    if (typeof value !== 'string') throw badRequest(`model.${name} must be string`);
    if (value.length > longest) throw badRequest(`model.${name} must have at most ${longest} characters`);
    if (value.includes('\u0000')) throw badRequest(`model.${name} has a character that is not allowed`);
    return value;
  };
  return { text, type: read('type', LONGEST_TYPE), description: read('description', LONGEST_DESCRIPTION) };
}
