import { localStorageColorSchemeManager, type MantineColorScheme } from '@mantine/core';

/** Keeps the scheme in this browser; public/build/color-scheme.js reads it before anything is drawn. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'latchkey-theme' });

/** The scheme for what Grafana's preferences call a theme; undefined where there is no preference. */
export function schemeOf(theme: string): MantineColorScheme | undefined {
  if (theme === 'light' || theme === 'dark') return theme;
  return theme === 'system' ? 'auto' : undefined;
}
