const ROW = { w: 24, x: 0 };

const WELCOME = `# Welcome to Latchkey

Here machines get their access: service accounts and their tokens, API keys, organizations, roles and permissions, with the
folders, dashboards and data sources that they guard.

- **A first token:** make a service account, then a token of it. The secret is shown once.
- **API keys that are still in use** go on working, and move to service accounts with the same secret.
- **Who may do what:** every 403 says which permission is missing, and on what.`;

/** The dashboard that a person sees first, as long as nobody chose another one. */
export const HOME_DASHBOARD = {
  title: 'Home',
  tags: [],
  links: [],
  panels: [
    {
      id: 1,
      type: 'text',
      title: '',
      transparent: true,
      gridPos: { ...ROW, h: 9, y: 0 },
      options: { mode: 'markdown', content: WELCOME },
    },
    {
      id: 2,
      type: 'dashlist',
      title: 'Dashboards',
      gridPos: { ...ROW, h: 15, y: 9 },
      options: {
        showStarred: true,
        showRecentlyViewed: true,
        showSearch: false,
        showHeadings: true,
        maxItems: 30,
        query: '',
        tags: [],
      },
    },
  ],
  templating: { list: [] },
  time: { from: 'now-6h', to: 'now' },
  timepicker: {},
  timezone: 'browser',
  schemaVersion: 37,
};
