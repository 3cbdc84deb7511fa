import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * A look-up of one thing that goes out together with all others of the same turn of the event loop, for where each is a round trip. What
 * breaks breaks for all of them.
 */
export function gathered<Place extends object, Found>(
  lookUp: (place: Place, keys: string[]) => Promise<ReadonlyMap<string, Found>>,
): (place: Place, key: string) => Promise<Found | undefined> {
  const waiting = new WeakMap<Place, { keys: Set<string>; found: Promise<ReadonlyMap<string, Found>> }>();

  function begin(place: Place) {
    const keys = new Set<string>();
    const found = nextTurn().then(() => {
      waiting.delete(place);
      return lookUp(place, [...keys]);
    });
    const batch = { keys, found };
    waiting.set(place, batch);
    return batch;
  }

  return async (place, key) => {
    const { keys, found } = waiting.get(place) ?? begin(place);
    keys.add(key);
    return (await found).get(key);
  };
}
