import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { readSearch } from './lib/search.ts';
import { loadSession } from './lib/session.ts';
import { MissingPage } from './parts/missing-page.tsx';
import { PageProblem } from './parts/page-problem.tsx';
import { SignInPage } from './pages/sign-in/sign-in-page.tsx';

const root = createRootRoute({ validateSearch: readSearch });

const signIn = createRoute({ getParentRoute: () => root, path: '/login', component: SignInPage });

// Everything but the page to sign in on needs somebody who has.
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ location }) => {
    const { user } = await loadSession();
    if (user.isSignedIn) return;
    // What the router takes for leading elsewhere is no Error.
    // oxlint-disable-next-line typescript/only-throw-error
    throw redirect({ to: '/login', search: location.href === '/' ? {} : { redirect: location.href } });
  },
  component: lazyRouteComponent(() => import('./shell/shell.tsx'), 'Shell'),
  notFoundComponent: MissingPage,
});

const pageAt = <const Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => signedIn, path, component });

// The addresses are Grafana's, so that people's links and habits lead to the same things.
const pages = [
  pageAt(
    '/',
    lazyRouteComponent(() => import('./pages/home/home-page.tsx'), 'HomePage'),
  ),
  pageAt(
    '/org/apikeys',
    lazyRouteComponent(() => import('./pages/api-keys/api-keys-page.tsx'), 'ApiKeysPage'),
  ),
  pageAt(
    '/org/serviceaccounts',
    lazyRouteComponent(
      () => import('./pages/service-accounts/service-accounts-page.tsx'),
      'ServiceAccountsPage',
    ),
  ),
  pageAt(
    '/org/serviceaccounts/$id',
    lazyRouteComponent(
      () => import('./pages/service-accounts/service-account-page.tsx'),
      'ServiceAccountPage',
    ),
  ),
  pageAt(
    '/dashboards',
    lazyRouteComponent(() => import('./pages/dashboards/dashboards-page.tsx'), 'DashboardsPage'),
  ),
  pageAt(
    '/dashboards/f/$uid',
    lazyRouteComponent(() => import('./pages/dashboards/folder-page.tsx'), 'FolderPage'),
  ),
  pageAt(
    '/dashboards/f/$uid/$slug',
    lazyRouteComponent(() => import('./pages/dashboards/folder-page.tsx'), 'FolderPage'),
  ),
  pageAt(
    '/dashboards/new',
    lazyRouteComponent(() => import('./pages/dashboards/new-dashboard-page.tsx'), 'NewDashboardPage'),
  ),
  pageAt(
    '/d/$uid',
    lazyRouteComponent(() => import('./pages/dashboards/dashboard-page.tsx'), 'DashboardPage'),
  ),
  pageAt(
    '/d/$uid/$slug',
    lazyRouteComponent(() => import('./pages/dashboards/dashboard-page.tsx'), 'DashboardPage'),
  ),
  pageAt(
    '/datasources',
    lazyRouteComponent(() => import('./pages/data-sources/data-sources-page.tsx'), 'DataSourcesPage'),
  ),
  pageAt(
    '/datasources/new',
    lazyRouteComponent(() => import('./pages/data-sources/new-data-source-page.tsx'), 'NewDataSourcePage'),
  ),
  pageAt(
    '/datasources/edit/$uid',
    lazyRouteComponent(() => import('./pages/data-sources/data-source-page.tsx'), 'DataSourcePage'),
  ),
  pageAt(
    '/org/users',
    lazyRouteComponent(() => import('./pages/users/org-users-page.tsx'), 'OrgUsersPage'),
  ),
  pageAt(
    '/admin/users',
    lazyRouteComponent(() => import('./pages/users/server-users-page.tsx'), 'ServerUsersPage'),
  ),
  pageAt(
    '/admin/users/$id',
    lazyRouteComponent(() => import('./pages/users/server-user-page.tsx'), 'ServerUserPage'),
  ),
  pageAt(
    '/org/teams',
    lazyRouteComponent(() => import('./pages/teams/teams-page.tsx'), 'TeamsPage'),
  ),
  pageAt(
    '/org/teams/$id',
    lazyRouteComponent(() => import('./pages/teams/team-page.tsx'), 'TeamPage'),
  ),
  pageAt(
    '/admin/orgs',
    lazyRouteComponent(() => import('./pages/orgs/orgs-page.tsx'), 'OrgsPage'),
  ),
  pageAt(
    '/admin/orgs/$id',
    lazyRouteComponent(() => import('./pages/orgs/org-page.tsx'), 'OrgPage'),
  ),
  pageAt(
    '/admin/stacks',
    lazyRouteComponent(() => import('./pages/stacks/stacks-page.tsx'), 'StacksPage'),
  ),
  pageAt(
    '/admin/stacks/$id',
    lazyRouteComponent(() => import('./pages/stacks/stack-page.tsx'), 'StackPage'),
  ),
  pageAt(
    '/org',
    lazyRouteComponent(() => import('./pages/orgs/preferences-page.tsx'), 'PreferencesPage'),
  ),
  pageAt(
    '/org/changes',
    lazyRouteComponent(() => import('./pages/changes/changes-page.tsx'), 'ChangesPage'),
  ),
  pageAt(
    '/admin/roles',
    lazyRouteComponent(() => import('./pages/roles/roles-page.tsx'), 'RolesPage'),
  ),
  pageAt(
    '/admin/roles/$uid',
    lazyRouteComponent(() => import('./pages/roles/role-page.tsx'), 'RolePage'),
  ),
  pageAt(
    '/admin/settings',
    lazyRouteComponent(() => import('./pages/server/settings-page.tsx'), 'SettingsPage'),
  ),
  pageAt(
    '/admin/stats',
    lazyRouteComponent(() => import('./pages/server/statistics-page.tsx'), 'StatisticsPage'),
  ),
  pageAt(
    '/profile',
    lazyRouteComponent(() => import('./pages/profile/profile-page.tsx'), 'ProfilePage'),
  ),
  pageAt(
    '/refused',
    lazyRouteComponent(() => import('./pages/refused/refused-page.tsx'), 'RefusedPage'),
  ),
  createRoute({ getParentRoute: () => signedIn, path: '$', component: MissingPage }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([signIn, signedIn.addChildren(pages)]),
  basepath: new URL(document.baseURI).pathname,
  defaultPreload: 'intent',
  defaultErrorComponent: PageProblem,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
