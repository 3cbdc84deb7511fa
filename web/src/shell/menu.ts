import {
  Bot,
  Building2,
  ChartColumn,
  Database,
  House,
  KeyRound,
  Layers,
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
  needs?: {
    /** On everything of its kind in the organization, as lists ask it. */
    inOrg?: string[];
    /** On the server as a whole. */
    onServer?: string[];
    /** On anything at all: the list shows what there is. */
    somewhere?: string[];
  };
  /** Gone once the page of API keys was hidden for good. */
  isOfApiKeys?: boolean;
  /** There where the server has a cloud side. */
  isOfStacks?: boolean;
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
  needs: { inOrg: ['apikeys:read', 'apikeys:create'] },
  isOfApiKeys: true,
};

/** The left-hand menu, above the sections. */
export const MENU: Entry[] = [
  { title: 'Home', to: '/', icon: House },
  { title: 'Dashboards', to: '/dashboards', icon: LayoutDashboard },
  { title: 'Data sources', to: '/datasources', icon: Database, needs: { somewhere: ['datasources:read'] } },
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
        needs: { inOrg: ['serviceaccounts:read', 'serviceaccounts:create'] },
      },
      { title: 'Organizations', to: '/admin/orgs', icon: Building2, needs: { onServer: ['orgs:read'] } },
      {
        title: 'Stacks',
        to: '/admin/stacks',
        icon: Layers,
        needs: { onServer: ['orgs:write'] },
        isOfStacks: true,
      },
      {
        title: 'Users',
        to: '/org/users',
        icon: Users,
        needs: { inOrg: ['org.users:read'], onServer: ['users:read'] },
      },
      {
        title: 'Teams',
        to: '/org/teams',
        icon: UsersRound,
        needs: { somewhere: ['teams:read', 'teams:create'] },
      },
      { title: 'Roles', to: '/admin/roles', icon: SlidersHorizontal, needs: { inOrg: ['roles:read'] } },
      { title: 'Changes', to: '/org/changes', icon: ScrollText, needs: { inOrg: ['orgs:write'] } },
      { title: 'Settings', to: '/admin/settings', icon: Settings, needs: { onServer: ['settings:read'] } },
      {
        title: 'Statistics',
        to: '/admin/stats',
        icon: ChartColumn,
        needs: { onServer: ['server.stats:read'] },
      },
    ],
  },
  {
    title: 'Configuration',
    icon: Settings,
    entries: [
      API_KEYS,
      {
        title: 'Preferences',
        to: '/org',
        icon: Building2,
        needs: { inOrg: ['orgs.preferences:read', 'orgs:write'] },
      },
    ],
  },
];
