import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

// Those without windows first: a whole one draws its own tabs and menus even where nobody sees them, at as much work again.
const NAMES = [
  'chromium-headless-shell',
  'chrome-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
];
const OUTSIDE_THE_PATH = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
// No look at the world outside, which a test machine may not have; and root has no sandbox.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

const wanted = process.env['LATCHKEY_TEST_BROWSER'];
const executable = wanted !== undefined && wanted !== 'required' ? wanted : findChromium();

function findChromium(): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = [
    ...directories.flatMap((directory) => NAMES.map((name) => join(directory, name))),
    ...OUTSIDE_THE_PATH,
  ];
  return candidates.find((file) => existsSync(file));
}

/**
 * Whether there is a browser to test in. Where the machine has none, the tests are skipped, unless
 * LATCHKEY_TEST_BROWSER=required: then they fail.
 */
export const HAS_BROWSER = executable !== undefined || wanted === 'required';

if (!HAS_BROWSER) {
  console.warn(
    'The tests in a browser are skipped: there is no Chromium or Chrome on the PATH, and LATCHKEY_TEST_BROWSER names none.',
  );
}

/** A new Chromium without a window. */
export function launchBrowser(): Promise<Browser> {
  if (executable === undefined)
    throw new Error("There is no Chromium on this machine: install Debian's package chromium-headless-shell");
  return chromium.launch({ executablePath: executable, args: FLAGS });
}

/**
 * Counts the bytes of the bodies that a page is sent from now on, as they go over the wire, without what the API answers: that
 * depends on what there is. Ask when it has all of them.
 */
export function countLoaded(page: Page): () => Promise<number> {
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    if (/\/(api\/|bootdata)/.test(new URL(request.url()).pathname)) return;
    sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  return async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
