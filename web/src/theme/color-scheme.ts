import { localStorageColorSchemeManager, type MantineColorScheme } from '@mantine/core';

const KEY = 'latchkey-theme';

/** Keeps the scheme in this browser; public/build/color-scheme.js reads it before anything is drawn. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: KEY });

/** Whether a scheme was chosen in this browser before, which counts more than what somebody prefers elsewhere. */
export function isSchemeChosen(): boolean {
  return localStorage.getItem(KEY) !== null;
}

/** The scheme for what Grafana's preferences call a theme; undefined where there is no preference. */
export function schemeOf(theme: string): MantineColorScheme | undefined {
  if (theme === 'light' || theme === 'dark') return theme;
  return theme === 'system' ? 'auto' : undefined;
}
