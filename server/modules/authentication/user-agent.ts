// From the particular to the general: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
const BROWSERS = [
  ['Edge', /\bEdg(?:e|A|iOS)?\/([\d.]+)/],
  ['Opera', /\bOPR\/([\d.]+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/([\d.]+)/],
  ['Chrome', /\b(?:Chrome|CriOS)\/([\d.]+)/],
  ['Safari', /\bVersion\/([\d.]+).* Safari\//],
  ['curl', /^curl\/([\d.]+)/],
] as const;

const SYSTEMS = [
  ['iOS', /\b(?:iPhone|iPad).* OS ([\d_]+)/],
  ['Android', /\bAndroid ([\d.]+)/],
  ['Windows', /\bWindows NT ([\d.]+)/],
  ['macOS', /\bMac OS X ([\d_.]+)/],
  ['Linux', /\bLinux()/],
] as const;

const DEVICES = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Mac', /\bMacintosh\b/],
] as const;

const UNKNOWN = 'Other';

/** What a User-Agent field says of the browser and the machine, as far as somebody needs it to know their own again. */
export function describeUserAgent(userAgent: string) {
  const [browser, browserVersion] = match(BROWSERS, userAgent);
  const [os, osVersion] = match(SYSTEMS, userAgent);
  const [device] = match(DEVICES, userAgent);
  return { browser, browserVersion, os, osVersion, device };
}

function match(table: readonly (readonly [string, RegExp])[], text: string): [name: string, version: string] {
  for (const [name, pattern] of table) {
    const found = pattern.exec(text);
    if (found) return [name, (found[1] ?? '').replaceAll('_', '.')];
  }
  return [UNKNOWN, ''];
}
