import '@mantine/notifications/styles.css';
import { AppShell, Burger, Group, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import { Link, Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSession } from '../lib/session.ts';
import { Logo } from '../parts/logo.tsx';
import { MainMenu } from './main-menu.tsx';
import { OrgSwitcher } from './org-switcher.tsx';
import { PersonMenu } from './person-menu.tsx';
import { ServerWarnings } from './server-warnings.tsx';
import { SessionOver } from './session-over.tsx';
import { isSchemeChosen, schemeOf } from '../theme/color-scheme.ts';

const HEADER_HEIGHT = 48;
const MENU_WIDTH = 232;

/** What is around every page: the menu, the organization, the person. */
export function Shell() {
  const [isMenuOpen, menu] = useDisclosure(false);
  usePreferredScheme();
  return (
    <AppShell
      header={{ height: HEADER_HEIGHT }}
      navbar={{ width: MENU_WIDTH, breakpoint: 'md', collapsed: { mobile: !isMenuOpen } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a className="skip-link" href="#main" onClick={focusMain}>
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="sm" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="xs" wrap="nowrap" miw={0}>
            <Burger
              opened={isMenuOpen}
              onClick={menu.toggle}
              hiddenFrom="md"
              size="sm"
              aria-label={isMenuOpen ? 'Close the menu' : 'Open the menu'}
              aria-expanded={isMenuOpen}
            />
            <Logo component={Link} to="/" aria-label="Latchkey, to the start page" />
            <OrgSwitcher />
          </Group>
          <PersonMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <MainMenu onChoice={menu.close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} bg="var(--page-ground)">
        <ServerWarnings />
        <Outlet />
      </AppShell.Main>
      <SessionOver />
      <Notifications position="bottom-right" limit={3} />
    </AppShell>
  );
}

/** Begins with the theme that somebody prefers, in a browser where none was chosen yet. */
function usePreferredScheme(): void {
  const { theme } = useSession().user;
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    const scheme = schemeOf(theme);
    if (scheme !== undefined && !isSchemeChosen()) setColorScheme(scheme);
  }, [theme, setColorScheme]);
}

// A link with a fragment would lead to what <base> names, and off this page.
function focusMain(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
