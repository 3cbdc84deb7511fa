// Before anything is drawn, so that nobody sees the wrong scheme for a moment. The same names as in src/theme/color-scheme.ts.
const wanted = localStorage.getItem('latchkey-theme') ?? 'dark';
const isLight =
  wanted === 'light' || (wanted === 'auto' && matchMedia('(prefers-color-scheme: light)').matches);
document.documentElement.dataset.mantineColorScheme = isLight ? 'light' : 'dark';
