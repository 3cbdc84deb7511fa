import { writeFileSync } from 'node:fs';
import { startWorld } from '../server/testing/world.ts';
import { writtenDescription } from '../server/testing/description.ts';

// Writes client/openapi.json from the routes as they are.
const world = await startWorld();
const target = new URL('../client/openapi.json', import.meta.url);
writeFileSync(target, writtenDescription(world.routes));
await world.stop();
