import { ApiError } from '../errors.ts';
import type { App } from './app-type.ts';
import { isRead } from './methods.ts';

// Probes and scrapers know addresses, not names, and are told nothing that depends on either.
const BY_ANY_NAME = /^\/(api\/health|healthz|readyz|metrics)\/?$/;
const API = /^\/(api|apis)(?![^/?])/;

/** With `[server] enforce_domain`, answers requests to the domain alone: it sends browsers there, and refuses the others with 421. */
export function enforceDomain(app: App): void {
  const { domain, enforce_domain, root_url } = app.context.config.server;
  if (!enforce_domain) return;
  const name = hostIn(domain);
  app.addHook('onRequest', (request, reply, done) => {
    const path = request.url.split('?', 1)[0] ?? '';
    if (hostIn(request.headers.host ?? '') === name || BY_ANY_NAME.test(path)) return done();
    // Grafana: redirects all, but a client would follow with a GET, and without its credential.
    if (isRead(request.method) && !API.test(path))
      return void reply.redirect(placeBelow(root_url, request.url), 301);
    done(
      new ApiError(421, 'wrong-host', 'Misdirected request', {
        detail: `This server answers at ${root_url} alone (the settings domain and enforce_domain of [server]).`,
      }),
    );
  });
}

/** The same place under root_url: whatever was asked for, the host is that of the settings. */
function placeBelow(rootUrl: string, url: string): string {
  const path = /^[/\\]+(.*)$/s.exec(url)?.[1] ?? '';
  return rootUrl + path.replace(/[^\x21-\x5b\x5d-\x7e]/g, encodeURIComponent);
}

function hostIn(host: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  return (bracketed ?? plain ?? host).toLowerCase().replace(/\.$/, '');
}
