import type { Answer } from '../../lib/api.ts';

/** The kinds of objects that have permissions of their own. */
export type Resource = 'folders' | 'dashboards' | 'datasources' | 'serviceaccounts' | 'teams';

export type Permission = Answer<'/api/access-control/folders/{id}', 'get'>[number];

// All kinds have the same calls. That the id of some is a number makes no difference in a path.
type OfFolders = '/api/access-control/folders';

export function entriesPath(resource: Resource): `${OfFolders}/{id}` {
  return `/api/access-control/${resource}/{id}` as `${OfFolders}/{id}`;
}

export function descriptionPath(resource: Resource): `${OfFolders}/description` {
  return `/api/access-control/${resource}/description` as `${OfFolders}/description`;
}

/** What one of them is called in a sentence. */
export const NOUNS: Record<Resource, string> = {
  folders: 'folder',
  dashboards: 'dashboard',
  datasources: 'data source',
  serviceaccounts: 'service account',
  teams: 'team',
};

/** What each level lets people do, in a line, from the least to the most; each gives what those before it give, too. */
export function meaningsOf(
  resource: Resource,
  settings: { editorsCanDelete: boolean },
): Record<string, string> {
  return settings.editorsCanDelete
    ? { ...MEANINGS[resource], ...EDIT_WITH_DELETING[resource] }
    : MEANINGS[resource];
}

const MEANINGS: Record<Resource, Record<string, string>> = {
  folders: {
    View: 'see the folder and what is in it',
    Edit: 'change the folder and the dashboards in it, and save new ones',
    Admin: 'delete all of it, and decide on these permissions',
  },
  dashboards: {
    View: 'see the dashboard',
    Edit: 'save changes to it',
    Admin: 'delete it, and decide on these permissions',
  },
  datasources: {
    Query: 'see the data source and query it',
    Edit: 'change and delete it',
    Admin: 'decide on these permissions',
  },
  serviceaccounts: {
    Edit: 'see the account, change it, and make and revoke its tokens',
    Admin: 'delete it, and decide on these permissions',
  },
  teams: {
    Member: 'have all that the team was given',
    Admin: 'change the team and who is in it, and delete it',
  },
};

const EDIT_WITH_DELETING: Partial<Record<Resource, Record<string, string>>> = {
  folders: { Edit: 'change the folder and the dashboards in it, save new ones, and delete them' },
  dashboards: { Edit: 'save changes to it, and delete it' },
};
