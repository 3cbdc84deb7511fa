export type Settings = Record<string, unknown>;

const OAUTH: Settings = {
  enabled: false,
  allowSignUp: true,
  autoLogin: false,
  clientId: '',
  clientSecret: '',
  scopes: '',
  authUrl: '',
  tokenUrl: '',
  apiUrl: '',
};

/** Every provider of single sign-on, with what holds as long as nobody has set anything. */
export const PROVIDERS: ReadonlyMap<string, Settings> = new Map(
  Object.entries({
    azuread: { name: 'Microsoft', ...OAUTH },
    generic_oauth: { name: 'OAuth', ...OAUTH },
    github: { name: 'GitHub', ...OAUTH },
    gitlab: { name: 'GitLab', ...OAUTH },
    google: { name: 'Google', ...OAUTH },
    grafana_com: { name: 'Grafana.com', ...OAUTH },
    ldap: { enabled: false, allowSignUp: true, config: { servers: [] } },
    okta: { name: 'Okta', ...OAUTH },
    saml: { name: 'SAML', enabled: false, allowSignUp: true, autoLogin: false },
  }),
);
