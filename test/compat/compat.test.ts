import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWorld, type World } from '../../server/testing/world.ts';
import { lacks, replay, type Replayed, type Section } from './replay.ts';

// What a real Grafana 9.4 answered, request by request, in the order in which each needs the ones before it. Where
// the documents that this server follows say otherwise, the file holds what they say.
const sections = JSON.parse(readFileSync(new URL('grafana-9.4.json', import.meta.url), 'utf8')) as Section[];

let world: World;
let replayed: Map<string, Replayed[]>;
beforeAll(async () => {
  world = await startWorld();
  replayed = await replay(world, sections);
});
afterAll(() => world.stop());

const answersOf = (section: string): Replayed[] => replayed.get(section) ?? [];
const isRight = ({ status, got }: Replayed): boolean => [status].flat().includes(got);

test('all 315 requests are asked', () => {
  expect([...replayed.values()].flat()).toHaveLength(315);
});

describe.each(sections.map(({ section }) => section))('%s', (section) => {
  test('the status is the one recorded', () => {
    const wrong = answersOf(section).filter((item) => !isRight(item));
    expect(
      wrong.map(
        ({ id, ask, status, got, body }) =>
          `${id}: ${ask} wants ${[status].flat().join(' or ')}, got ${got} ${JSON.stringify(body).slice(0, 300)}`,
      ),
    ).toEqual([]);
  });

  test('the body has every field that was recorded', () => {
    const wrong = answersOf(section).flatMap(({ id, ask, shape, body }) =>
      shape === undefined ? [] : lacks(shape, body).map((lack) => `${id}: ${ask}: ${lack}`),
    );
    expect(wrong).toEqual([]);
  });

  test('the message is the one that clients compare', () => {
    const wrong = answersOf(section).filter(({ message, body }) => !says(body, message));
    expect(
      wrong.map(
        ({ id, ask, message, body }) => `${id}: ${ask} wants ${message}, got ${JSON.stringify(body)}`,
      ),
    ).toEqual([]);
  });
});

function says(body: unknown, message: string | undefined): boolean {
  if (message === undefined) return true;
  const said = String((body as { message?: unknown } | null)?.message);
  return message.endsWith('…') ? said.startsWith(message.slice(0, -1)) : said === message;
}
