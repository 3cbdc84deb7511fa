import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchHotPath } from './hot-path.ts';
import { benchImport } from './import.ts';
import { benchLists } from './lists.ts';
import { benchPage } from './page.ts';
import { benchScale } from './scale.ts';
import { benchServers } from './servers.ts';
import { benchStacks } from './stacks.ts';
import { benchVerify } from './verify.ts';

// Without names all of them, in this order; each in an empty directory, and it says whether all was answered as it should be.
const BENCHES: Record<string, (directory: string) => Promise<boolean>> = {
  'hot-path': benchHotPath,
  servers: benchServers,
  verify: benchVerify,
  lists: benchLists,
  import: benchImport,
  page: benchPage,
  scale: benchScale,
  stacks: benchStacks,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. Use: ${Object.keys(BENCHES).join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const [name, run] of Object.entries(BENCHES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    if (!(await inDirectory(run))) process.exitCode = 1;
  }
}

async function inDirectory(run: (directory: string) => Promise<boolean>): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  try {
    return await run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
