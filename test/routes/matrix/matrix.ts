import { ANNOTATIONS, LIBRARY_ELEMENTS, PLAYLISTS, PUBLIC_DASHBOARDS } from './beside-content.ts';
import { DASHBOARDS, FOLDERS } from './content.ts';
import { DATA_SOURCES } from './data-sources.ts';
import { EXPLANATIONS } from './explanations.ts';
import { MACHINES } from './machines.ts';
import { ORGS } from './orgs.ts';
import { OWN_ACCOUNT, SIGNING_IN, USERS } from './people.ts';
import { PERMISSIONS, ROLES } from './permissions.ts';
import type { Row } from './row.ts';
import { SERVER_AND_PAGES } from './server.ts';
import { TEAMS } from './teams.ts';

/** What each route answers to whom, of whose things: written from the rules, never from what a server did. */
export const MATRIX: readonly Row[] = [
  ...SIGNING_IN,
  ...ORGS,
  ...USERS,
  ...OWN_ACCOUNT,
  ...TEAMS,
  ...FOLDERS,
  ...DASHBOARDS,
  ...PUBLIC_DASHBOARDS,
  ...LIBRARY_ELEMENTS,
  ...ANNOTATIONS,
  ...PLAYLISTS,
  ...DATA_SOURCES,
  ...PERMISSIONS,
  ...ROLES,
  ...EXPLANATIONS,
  ...SERVER_AND_PAGES,
  // Last, since it ends with moving all keys, and then there can be no new ones.
  ...MACHINES,
];
