import type { Config } from '../config/config.ts';
import { urlOfStack } from './addresses.ts';
import { stackDatabase } from './databases.ts';
import type { StackRow } from './db/schema.ts';

/** The settings of one stack: the server's, but for what is its own. */
export function configOfStack(config: Config, stack: StackRow): Config {
  const url = urlOfStack(config, stack);
  const tracing = 'tracing.opentelemetry.otlp';
  return {
    ...config,
    database: stackDatabase(config.database, stack.id),
    server: {
      ...config.server,
      domain: new URL(url).hostname,
      root_url: `${url}/`,
      enforce_domain: false,
      serve_from_sub_path: false,
    },
    // Browsers tell the ports of a machine not apart in this.
    auth: { ...config.auth, login_cookie_name: `${config.auth.login_cookie_name}_${stack.id}` },
    // Its first administrator has a password that nobody knows: who has a cloud credential makes what is needed.
    security: { ...config.security, generate_admin_password: true, require_own_admin_password: false },
    // A slug is used again, an id never.
    audit: auditApart(config, stack.id),
    access_control: { ...config.access_control, main_org_admins_read_server: false },
    remote_cache: { ...config.remote_cache, prefix: `${config.remote_cache.prefix}stack-${stack.id}:` },
    // The server's own traces tell of its requests.
    [tracing]: { ...config[tracing], address: '' },
    cloud: { ...config.cloud, enabled: false },
  };
}

/** Where the record of a stack or of the cloud side goes: to a file of its own. Of syslog, nobody could tell its lines from the server's. */
export function auditApart({ audit }: Config, whose: StackRow['id'] | 'cloud'): Config['audit'] {
  return { ...audit, file: audit.file && `${audit.file}.${whose}`, syslog: '' };
}
