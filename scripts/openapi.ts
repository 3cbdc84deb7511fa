import { writeFileSync } from 'node:fs';
import { startCloudWorld } from '../server/testing/cloud.ts';
import { writtenDescription } from '../server/testing/description.ts';

// Writes client/openapi.json from the routes as they are, those of the cloud side for administrators among them.
const world = await startCloudWorld();
const target = new URL('../client/openapi.json', import.meta.url);
writeFileSync(target, writtenDescription(world.routes));
await world.stop();
