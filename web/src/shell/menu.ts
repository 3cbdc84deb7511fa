import {
  Bot,
  Building2,
  ChartColumn,
  Database,
  House,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  ScrollText,
  Settings,
  ShieldQuestionMark,
  SlidersHorizontal,
  UserCog,
  Users,
  UsersRound,
} from 'lucide-react';

export interface Entry {
  title: string;
  to: string;
  icon: LucideIcon;
  /** Any of these actions shows it; without, everybody sees it. */
  needs?: string[];
  /** Whether they have to be held on the whole server, which a role in one organization does not give. */
  isOfServer?: boolean;
  /** Gone once the page of API keys was hidden for good. */
  isOfApiKeys?: boolean;
}

export interface Section {
  title: string;
  icon: LucideIcon;
  entries: Entry[];
}

const API_KEYS: Entry = {
  title: 'API keys',
  to: '/org/apikeys',
  icon: KeyRound,
  needs: ['apikeys:read', 'apikeys:create'],
  isOfApiKeys: true,
};

/** The left-hand menu, above the sections. */
export const MENU: Entry[] = [
  { title: 'Home', to: '/', icon: House },
  { title: 'Dashboards', to: '/dashboards', icon: LayoutDashboard },
  { title: 'Data sources', to: '/datasources', icon: Database, needs: ['datasources:read'] },
  { title: 'Why was I refused?', to: '/refused', icon: ShieldQuestionMark },
];

/** Its sections. The documents lead to the API keys by both of them. */
export const SECTIONS: Section[] = [
  {
    title: 'Administration',
    icon: UserCog,
    entries: [
      API_KEYS,
      {
        title: 'Service accounts',
        to: '/org/serviceaccounts',
        icon: Bot,
        needs: ['serviceaccounts:read', 'serviceaccounts:create'],
      },
      { title: 'Organizations', to: '/admin/orgs', icon: Building2, needs: ['orgs:read'], isOfServer: true },
      { title: 'Users', to: '/org/users', icon: Users, needs: ['org.users:read', 'users:read'] },
      { title: 'Teams', to: '/org/teams', icon: UsersRound, needs: ['teams:read', 'teams:create'] },
      { title: 'Roles', to: '/admin/roles', icon: SlidersHorizontal, needs: ['roles:read'] },
      { title: 'Changes', to: '/org/changes', icon: ScrollText, needs: ['orgs:write'] },
      { title: 'Settings', to: '/admin/settings', icon: Settings, needs: ['settings:read'] },
      { title: 'Statistics', to: '/admin/stats', icon: ChartColumn, needs: ['server.stats:read'] },
    ],
  },
  {
    title: 'Configuration',
    icon: Settings,
    entries: [
      API_KEYS,
      { title: 'Preferences', to: '/org', icon: Building2, needs: ['orgs.preferences:read', 'orgs:write'] },
    ],
  },
];
