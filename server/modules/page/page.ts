import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the page lies once it is built; beside the server when that is compiled too. */
export const PAGE_DIRECTORY = fileURLToPath(
  new URL(import.meta.filename.endsWith('.ts') ? '../../../dist/web/' : '../../../web/', import.meta.url),
);

// What the build leaves for the server to fill in: see web/index.html and web/vite.config.ts.
const BASE = '<base href="/" />';
const NONCE = 'a-nonce-for-each-answer';

/** Files of the page, from where it lies. */
export const FILES = 'public/build/';

let template: string | undefined;

/** The page for one answer, with the Content-Security-Policy that goes with it; undefined when it has not been built. */
export function renderPage(rootUrl: string): { html: string; policy: string } | undefined {
  template ??= readTemplate();
  if (template === undefined) return undefined;
  const nonce = randomBytes(16).toString('base64');
  const base = `<base href="${new URL(rootUrl).pathname}" />`;
  return { html: template.replace(BASE, base).replaceAll(NONCE, nonce), policy: policyWith(nonce) };
}

/** Whether the page has a file of this name; a name that leads elsewhere is none. */
export function isFileOfPage(name: string): boolean {
  return /^\w[\w.-]*$/.test(name) && existsSync(PAGE_DIRECTORY + FILES + name);
}

function readTemplate(): string | undefined {
  try {
    return readFileSync(`${PAGE_DIRECTORY}index.html`, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

// Nothing from elsewhere, nothing inside another page. The nonce is for the styles that components make while they run.
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
