import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { expect } from 'vitest';

interface Look {
  scheme?: 'dark' | 'light';
  width?: number;
  height?: number;
  timezone?: string;
  /** What the person's clock shows, where a test has set the server's. */
  now?: () => number;
}

/** One person with a browser of their own, without cookies of anybody else. */
export interface Visitor {
  page: Page;
  browser: BrowserContext;
  /** What the browser complained of, and every request to another host. Tests expect none. */
  complaints: string[];
  /** Forgives complaints of refusals that a test provokes: the browser reports every 4xx as an error. */
  forgive(status: number): void;
  /** As the page to sign in on does it, but without the page: that one has tests of its own. */
  signIn(login: string, password: string): Promise<void>;
  /** Goes to a path of the page and waits until all that it asks for has come. */
  open(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a browser of its own on a server. Its complaints are expected to be none when it closes. */
export async function visit(browser: Browser, url: string, look: Look = {}): Promise<Visitor> {
  const { scheme = 'dark', width = 1280, height = 800, timezone = 'Europe/Berlin', now } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    timezoneId: timezone,
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await context.addInitScript((value) => {
    if (localStorage.getItem('latchkey-theme') === null) localStorage.setItem('latchkey-theme', value);
  }, scheme);
  if (now !== undefined) await context.clock.setSystemTime(now());
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  const forgiven = new Set<number>();
  watch(page, url, complaints, forgiven);
  const isSettled = settling(page);

  return {
    page,
    browser: context,
    complaints,
    forgive: (status) => void forgiven.add(status),
    async signIn(login, password) {
      const answer = await context.request.post(`${url}/login`, { data: { user: login, password } });
      expect(answer.ok(), await answer.text()).toBe(true);
    },
    async open(path) {
      await page.goto(url + path);
      // At each frame; to wait for a locator looks five times a second.
      await page.waitForFunction(() => document.querySelector('h1') !== null);
      await isSettled();
    },
    async close() {
      await context.close();
      expect(complaints).toEqual([]);
    },
  };
}

function watch(page: Page, url: string, complaints: string[], forgiven: ReadonlySet<number>): void {
  page.on('pageerror', (error) => complaints.push(`threw ${error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    const [, status] = /responded with a status of (\d+)/.exec(message.text()) ?? [];
    if (status !== undefined && forgiven.has(Number(status))) return;
    complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    const isOwn = origin === new URL(url).origin || protocol === 'data:' || protocol === 'blob:';
    if (!isOwn) complaints.push(`asked another host: ${request.url()}`);
  });
}

/**
 * Returns a function that waits until the page asks for nothing, has drawn what it got, and has asked for nothing more because of that.
 * Playwright's own networkidle waits half a second longer each time.
 */
function settling(page: Page): () => Promise<void> {
  const underWay = new Set<Request>();
  let asked = 0;
  page.on('request', (request) => {
    asked++;
    underWay.add(request);
  });
  page.on('requestfinished', (request) => underWay.delete(request));
  page.on('requestfailed', (request) => underWay.delete(request));
  return async () => {
    for (let before = -1; underWay.size > 0 || asked > before;) {
      before = asked;
      await page.evaluate(isIdle);
    }
  };
}

/** Runs in the page: resolves when it has drawn twice and then has nothing to do. */
function isIdle(): Promise<unknown> {
  const drawn = (): Promise<unknown> => new Promise(requestAnimationFrame);
  return drawn()
    .then(drawn)
    .then(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1000 })));
}
