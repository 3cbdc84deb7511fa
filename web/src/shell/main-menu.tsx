import { ScrollArea } from '@mantine/core';
import { useRouterState } from '@tanstack/react-router';
import { useMay, useMayOnServer, useSession } from '../lib/session.ts';
import { NavigationLink } from './menu-links.tsx';
import { MenuSection } from './menu-section.tsx';
import { type Entry, MENU, SECTIONS } from './menu.ts';

const ICON = 16;

/** The left-hand menu, with what this person may open. */
export function MainMenu({ onChoice }: { onChoice(): void }) {
  const may = useMay();
  const mayOnServer = useMayOnServer();
  const { latchkey } = useSession().settings;
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const isShown = ({ needs, isOfApiKeys = false, isOfStacks = false }: Entry): boolean =>
    (needs === undefined || isHeld(needs)) &&
    !(isOfApiKeys && latchkey.apiKeysHidden) &&
    (!isOfStacks || latchkey.stacks);
  const isHeld = ({ inOrg = [], onServer = [], somewhere = [] }: NonNullable<Entry['needs']>): boolean =>
    inOrg.some((action) => latchkey.orgActions[action]) || onServer.some(mayOnServer) || somewhere.some(may);
  const link = (entry: Entry) => (
    <NavigationLink
      key={entry.title}
      to={entry.to}
      label={entry.title}
      leftSection={<entry.icon size={ICON} aria-hidden />}
      active={isWithin(path, entry.to)}
      activeOptions={{ exact: true }}
      onClick={onChoice}
    />
  );
  return (
    <ScrollArea component="nav" aria-label="Main menu" type="auto">
      {MENU.filter(isShown).map(link)}
      {SECTIONS.map(({ title, icon, entries }) => {
        const shown = entries.filter(isShown);
        const [first] = shown;
        if (first === undefined) return null;
        return (
          <MenuSection key={title} title={title} icon={icon} to={first.to} onChoice={onChoice}>
            {shown.map(link)}
          </MenuSection>
        );
      })}
    </ScrollArea>
  );
}

// The start page and the preferences lie above others, and are not meant by them.
function isWithin(path: string, to: string): boolean {
  return (
    path === to ||
    (to !== '/' && to !== '/org' && path.startsWith(`${to}/`)) ||
    (to === '/dashboards' && path.startsWith('/d/')) ||
    // Those of the whole server are a tab beside those of the organization.
    (to === '/org/users' && path.startsWith('/admin/users'))
  );
}
