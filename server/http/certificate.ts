import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerOptions, Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/config.ts';

const DAY_MS = 86_400_000;
const WARN_BEFORE_MS = 14 * DAY_MS;
const HANDSHAKE_MS = 10_000;
const VERSIONS = { 'TLS1.2': 'TLSv1.2', 'TLS1.3': 'TLSv1.3' } as const;

/** The certificate that the server shows, with its key. */
export interface Certificate {
  readonly options: ServerOptions;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The certificate in use; undefined without TLS. */
    certificate: Certificate | undefined;
    /** Reads the certificate and its key anew. A pair that is no good is told in the log, and the one in use stays. */
    reloadCertificate(): void;
  }
}

/** The certificate of the settings, or undefined without TLS. Throws a ConfigError where the two files do not do. */
export function readCertificate({ server }: Config): Certificate | undefined {
  if (server.protocol !== 'https') return undefined;
  try {
    return pairOf(server);
  } catch (error) {
    throw new ConfigError(
      `[server] cert_file and cert_key (${server.cert_file}, ${server.cert_key}) cannot be used: ${reasonOf(error)}`,
      { cause: error },
    );
  }
}

/** Keeps the certificate fresh while the app listens, and warns before it expires; `also` is given each new one. */
export function keepCertificate(
  app: FastifyInstance,
  first: Certificate | undefined,
  also?: (certificate: Certificate) => void,
): void {
  app.decorate('certificate', first);
  app.decorate('reloadCertificate', () => undefined);
  if (first === undefined) return;
  const { config, log, now } = app.context;
  const { certs_watch_interval: every, cert_file, cert_key } = config.server;
  let refused: string | undefined;
  let warnedAt = -Infinity;

  const reload = (isAsked: boolean): void => {
    try {
      const found = pairOf(config.server);
      if (isSamePair(found, app.certificate)) return;
      (app.server as unknown as Server).setSecureContext(found.options);
      app.certificate = found;
      also?.(found);
      refused = undefined;
      warnedAt = -Infinity;
      log.info({ expires: new Date(found.expiresAt).toISOString() }, 'a new certificate is in use');
    } catch (error) {
      const reason = reasonOf(error);
      // Once for each reason, not at every look.
      if (isAsked || reason !== refused) {
        log.error(
          { reason, cert_file, cert_key },
          'the new certificate cannot be used; the one before stays',
        );
      }
      refused = reason;
    }
  };
  const warn = (): void => {
    const left = (app.certificate?.expiresAt ?? Infinity) - now();
    if (left > WARN_BEFORE_MS || now() - warnedAt < DAY_MS) return;
    warnedAt = now();
    const what = left > 0 ? 'expires soon: put a new one in its place' : 'has expired: clients refuse it';
    log.warn({ cert_file, expires: new Date(now() + left).toISOString() }, `the certificate ${what}`);
  };

  app.reloadCertificate = () => {
    reload(true);
    warn();
  };
  warn();
  if (every === 0) return;
  const looking = setInterval(() => {
    reload(false);
    warn();
  }, every).unref();
  app.addHook('onClose', (_app, done) => {
    clearInterval(looking);
    done();
  });
}

function pairOf({ cert_file, cert_key, cert_pass, min_tls_version }: Config['server']): Certificate {
  const options = {
    cert: readFileSync(cert_file),
    key: readFileSync(cert_key),
    ...(cert_pass === '' ? {} : { passphrase: cert_pass }),
    minVersion: VERSIONS[min_tls_version],
    handshakeTimeout: HANDSHAKE_MS,
  };
  // Throws for what is no certificate or key, and for a key that belongs to another certificate.
  createSecureContext(options);
  return { options, expiresAt: new X509Certificate(options.cert).validToDate.getTime() };
}

function isSamePair({ options }: Certificate, other: Certificate | undefined): boolean {
  const { cert, key } = options as { cert: Buffer; key: Buffer };
  return cert.equals(other?.options.cert as Buffer) && key.equals(other?.options.key as Buffer);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
