import { benchHotPath } from './hot-path.ts';
import { benchImport } from './import.ts';
import { benchLists } from './lists.ts';

// Without names all of them, in this order.
const BENCHES: Record<string, () => Promise<boolean>> = {
  'hot-path': benchHotPath,
  lists: benchLists,
  import: benchImport,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. Use: ${Object.keys(BENCHES).join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const [name, run] of Object.entries(BENCHES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    if (!(await run())) process.exitCode = 1;
  }
}
