import { writeFileSync } from 'node:fs';
import { startCloudWorld } from '../server/testing/cloud.ts';
import { writtenCloudDescription, writtenDescription } from '../server/testing/description.ts';

// Writes client/openapi.json from the routes as they are, those for administrators of the cloud side among them, and client/cloud-openapi.json.
const world = await startCloudWorld();
const target = new URL('../client/openapi.json', import.meta.url);
writeFileSync(target, writtenDescription(world.routes));
const cloud = new URL('../client/cloud-openapi.json', import.meta.url);
writeFileSync(cloud, writtenCloudDescription(world.cloud.routes));
await world.stop();
