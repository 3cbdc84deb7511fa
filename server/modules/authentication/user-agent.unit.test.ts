import { expect, test } from 'vitest';
import { describeUserAgent } from './user-agent.ts';

const MOZILLA = 'Mozilla/5.0';
const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test.each([
  [
    `${MOZILLA} (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/131.0.1 Safari/537.36 Edg/131.0.2`,
    'Edge 131.0.2',
    'Windows 10.0',
  ],
  [`${MOZILLA} (X11; Linux x86_64) ${WEBKIT} Chrome/131.0.1 Safari/537.36`, 'Chrome 131.0.1', 'Linux '],
  [`${MOZILLA} (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0`, 'Firefox 133.0', 'Linux '],
  [
    `${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/18.1 Safari/605.1`,
    'Safari 18.1',
    'macOS 10.15.7',
  ],
  [
    `${MOZILLA} (iPhone; CPU iPhone OS 18_1 like Mac OS X) ${WEBKIT} Version/18.1 Mobile/1 Safari/604.1`,
    'Safari 18.1',
    'iOS 18.1',
  ],
  [
    `${MOZILLA} (Linux; Android 15) ${WEBKIT} Chrome/131.0.1 Mobile Safari/537.36`,
    'Chrome 131.0.1',
    'Android 15',
  ],
  ['curl/8.5.0', 'curl 8.5.0', 'Other '],
  ['', 'Other ', 'Other '],
  ['Version/'.repeat(1000), 'Other ', 'Other '],
])('%s', (userAgent, browser, os) => {
  const found = describeUserAgent(userAgent);
  expect(`${found.browser} ${found.browserVersion}`).toBe(browser);
  expect(`${found.os} ${found.osVersion}`).toBe(os);
});

test.each([
  ['iPhone', '(iPhone; CPU iPhone OS 18_1 like Mac OS X)'],
  ['iPad', '(iPad; CPU OS 18_1 like Mac OS X)'],
  ['Mac', '(Macintosh; Intel Mac OS X 10_15_7)'],
  ['Other', '(X11; Linux x86_64)'],
])('the device %s is told by %s', (device, system) => {
  expect(describeUserAgent(`${MOZILLA} ${system} ${WEBKIT}`).device).toBe(device);
});
