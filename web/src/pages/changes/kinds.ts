/** What the record calls the things that can be changed, in words. */
export const KINDS: Record<string, string> = {
  'api-key': 'API key',
  'service-account': 'Service account',
  token: 'Token',
  user: 'User',
  team: 'Team',
  role: 'Role',
  org: 'Organization',
  folder: 'Folder',
  dashboard: 'Dashboard',
  'public-dashboard': 'Public dashboard',
  'library-element': 'Library panel',
  annotation: 'Annotation',
  playlist: 'Playlist',
  'data-source': 'Data source',
  session: 'Session',
  'sso-settings': 'Sign-in settings',
  server: 'Server',
  request: 'Request',
  audit: 'Record of changes',
};

/** Through what something was done. */
export const CREDENTIALS: Record<string, string> = {
  'api-key': 'an API key',
  token: 'a service account token',
  password: 'a password',
  session: 'a session in the browser',
  machine: 'the command line on the server',
  cloud: 'a credential of the cloud side',
  none: 'no credential',
};

/** Who does things. */
export const ACTORS: Record<string, string> = {
  user: 'User',
  'service-account': 'Service account',
  'api-key': 'API key',
  operator: 'Command line on the server',
  cloud: 'Cloud side',
  scanner: 'Scanner of leaked secrets',
  server: 'The server',
  nobody: 'Nobody who is known',
};
