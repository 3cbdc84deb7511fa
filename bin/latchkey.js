#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runOnNode24 } from './run-on-node-24.js';

const args = process.argv.slice(2);
const source = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const compiled = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const isCheckout = existsSync(source);

if (isCheckout) {
  const { ensureInstalled } = await import('../scripts/install.js');
  await ensureInstalled({ withDevelopmentTools: false });
  if (args.includes('serve')) {
    const { ensurePageBuilt } = await import('../scripts/page.js');
    await ensurePageBuilt();
  }
}
await runOnNode24(isCheckout ? source : compiled, args);
