import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const BRAND: MantineColorsTuple = [
  '#e8effd',
  '#cfddfa',
  '#a6c1f5',
  '#7ea5f2',
  '#6e9fff',
  '#5b8def',
  '#3d71d9',
  '#2a5fc7',
  '#1f52b4',
  '#17429a',
];

// Mantine's own, but darker where white text stands on it.
const RED: MantineColorsTuple = [
  '#fff5f5',
  '#ffe3e3',
  '#ffc9c9',
  '#ffa8a8',
  '#ff8787',
  '#ff6b6b',
  '#d0293b',
  '#c4162a',
  '#ad1024',
  '#960b1d',
];

const CLOSE = { 'aria-label': 'Close' };
// The page has one banner, and a dialog has none.
const NO_BANNER = { role: 'none' };

/** Every colour, size and distance of the page. Pages and parts name them and have none of their own. */
export const theme = createTheme({
  fontFamily: "'Inter Variable', 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Roboto Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  headings: {
    fontWeight: '500',
    sizes: {
      h1: { fontSize: '22px', lineHeight: '1.3' },
      h2: { fontSize: '17px', lineHeight: '1.35' },
      h3: { fontSize: '15px', lineHeight: '1.4' },
    },
  },
  spacing: { xs: '6px', sm: '8px', md: '16px', lg: '24px', xl: '32px' },
  defaultRadius: 'sm',
  radius: { xs: '2px', sm: '3px', md: '5px', lg: '8px', xl: '12px' },
  cursorType: 'pointer',
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 6 },
  colors: {
    brand: BRAND,
    red: RED,
    // Greys with a touch of blue: text, quiet text, lines, surfaces, from light to dark.
    dark: [
      '#d5d6e0',
      '#b9bac7',
      '#a3a5b4',
      '#8f919f',
      '#3a3d46',
      '#2e3138',
      '#24262c',
      '#181b1f',
      '#111217',
      '#0b0c0e',
    ],
  },
  // By their names, so that the page loads only those that it shows.
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Anchor: { defaultProps: { underline: 'hover' } },
    Autocomplete: { defaultProps: { size: 'sm' } },
    Badge: { defaultProps: { variant: 'outline', radius: 'sm', size: 'sm', tt: 'none', fw: 500 } },
    Button: { defaultProps: { size: 'xs', fw: 500 } },
    Drawer: { defaultProps: { position: 'right', size: 'lg', closeButtonProps: CLOSE } },
    DrawerHeader: { defaultProps: NO_BANNER },
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end', withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { size: 'lg', centered: false, yOffset: '8vh', closeButtonProps: CLOSE } },
    ModalHeader: { defaultProps: NO_BANNER },
    NavLink: { defaultProps: { py: 6 } },
    Notification: { defaultProps: { closeButtonProps: CLOSE } },
    Pagination: { defaultProps: { size: 'sm' } },
    Paper: { defaultProps: { withBorder: true, p: 'md' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false, checkIconPosition: 'right' } },
    Table: {
      defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm', highlightOnHover: true, fz: 'sm' },
    },
    Tabs: { defaultProps: { keepMounted: false } },
    Textarea: { defaultProps: { size: 'sm', autosize: true, minRows: 2 } },
    TextInput: { defaultProps: { size: 'sm' } },
    Tooltip: {
      defaultProps: { withArrow: true, openDelay: 200, events: { hover: true, focus: true, touch: true } },
    },
  },
});

/** What the schemes differ in. Every pair of text and ground among them has a contrast of 4.5 at least. */
export const cssVariables: CSSVariablesResolver = (given) => ({
  variables: {},
  dark: {
    '--mantine-color-body': given.colors.dark[7],
    '--mantine-color-text': given.colors.dark[0],
    '--mantine-color-dimmed': given.colors.dark[2],
    '--mantine-color-placeholder': given.colors.dark[3],
    '--mantine-color-anchor': BRAND[4],
    '--mantine-color-error': '#ff7383',
    '--mantine-color-default': given.colors.dark[6],
    '--mantine-color-default-hover': given.colors.dark[5],
    '--mantine-color-default-border': given.colors.dark[4],
    '--mantine-color-yellow-light': 'rgb(245 183 61 / 12%)',
    '--mantine-color-yellow-light-color': '#f5b73d',
    '--mantine-color-red-light': 'rgb(255 115 131 / 12%)',
    '--mantine-color-red-light-color': '#ff7383',
    '--page-ground': given.colors.dark[8],
    '--page-line': given.colors.dark[5],
    '--page-good': '#6ccf8e',
    '--page-warning': '#f5b73d',
    '--page-bad': '#ff7383',
    '--page-quiet': given.colors.dark[1],
    '--page-accent': BRAND[4],
  },
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#24292e',
    '--mantine-color-dimmed': '#5b6068',
    '--mantine-color-placeholder': '#6b7078',
    '--mantine-color-anchor': BRAND[8],
    '--mantine-color-error': '#c4162a',
    '--mantine-color-yellow-light-color': '#8f5600',
    '--mantine-color-default': '#ffffff',
    '--mantine-color-default-hover': '#f4f5f5',
    '--mantine-color-default-border': '#c9cbd0',
    '--page-ground': '#f4f5f5',
    '--page-line': '#e2e3e6',
    '--page-good': '#1a7339',
    '--page-warning': '#8f5600',
    '--page-bad': '#c4162a',
    '--page-quiet': '#4f545b',
    '--page-accent': BRAND[8],
  },
});
