/** The fields of an error's body; other servers leave some out. */
export interface ErrorBody {
  message?: unknown;
  detail?: unknown;
  messageId?: unknown;
  /** What is wrong, where health is asked for. */
  reason?: unknown;
}

export interface Refusal {
  status: number;
  statusText: string;
  url: string;
  location: string | null;
  retryAfter: string | null;
  /** Undefined when the answer was no JSON object. */
  body: ErrorBody | undefined;
}

/** A server answered, and not with a success. */
export class ApiFailure extends Error {
  override name = 'ApiFailure';
  readonly status: number;
  /** What exactly is wrong and what to do next. */
  readonly detail: string | undefined;
  readonly messageId: string | undefined;
  /** After how many milliseconds a request that was too many may come again; undefined for any other, and where that is not soon. */
  readonly soonAgainMs: number | undefined;
  /** Whether the answer was JSON, as those of this API always are. */
  readonly isOfTheApi: boolean;

  constructor(refusal: Refusal) {
    super(textOf(refusal.body?.message) ?? textOf(refusal.body?.reason) ?? withoutWords(refusal));
    this.status = refusal.status;
    this.detail = textOf(refusal.body?.detail) ?? adviceFor(refusal);
    this.messageId = textOf(refusal.body?.messageId);
    this.soonAgainMs = soonAgain(refusal);
    this.isOfTheApi = refusal.body !== undefined;
  }
}

/** No answer came: wrong address, nothing listens, no way there, or too late. */
export class Unreachable extends Error {
  override name = 'Unreachable';
  /** What to look at. */
  readonly detail: string;

  constructor(url: string, cause: unknown, timeoutMs: number) {
    super(`no answer from ${url}`, { cause });
    this.detail = explain(cause, timeoutMs);
  }
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'Nothing listens there. Is the server running, and are host and port right?',
  ECONNRESET: 'The connection was cut. Is it an HTTP server, and is http or https right?',
  EHOSTUNREACH: 'There is no way to that host from here.',
  ENETUNREACH: 'There is no way to that network from here.',
  ENOTFOUND: 'No host has that name.',
  EAI_AGAIN: 'The name of the host could not be looked up just now.',
  UND_ERR_SOCKET: 'The connection was cut. Is it an HTTP server, and is http or https right?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'It does not speak TLS: write http:// instead of https://.',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'It does not speak TLS: write http:// instead of https://.',
  CERT_HAS_EXPIRED: 'Its certificate has expired.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its certificate is for another host name.',
};

const untrusted =
  'Its certificate is not trusted here. NODE_EXTRA_CA_CERTS names a file with your own authority.';

function explain(cause: unknown, timeoutMs: number): string {
  const seconds = timeoutMs / 1000;
  if (cause instanceof Error && cause.name === 'TimeoutError')
    return `It did not answer within ${seconds} seconds.`;
  const inner = cause instanceof Error ? cause.cause : undefined;
  const code = codeOf(inner);
  if (inner instanceof Error && inner.name === 'HTTPParserError')
    return 'What listens there does not speak HTTP.';
  if (code.includes('TIMEOUT') || code === 'ETIMEDOUT')
    return 'The host does not answer: a firewall, or a wrong address.';
  if (/SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code)) return untrusted;
  if (inner instanceof Error && inner.message === 'bad port')
    return 'No web client may use that port: choose another.';
  return reasons[code] ?? (inner instanceof Error && inner.message !== '' ? inner.message : String(cause));
}

// With several addresses for one name, the attempts come as a list.
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && !('code' in error)) return codeOf(error.errors[0]);
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function withoutWords({ status, statusText, location }: Refusal): string {
  if (status < 300) return 'an answer that is not JSON';
  if (status < 400) return location === null ? 'sent elsewhere' : `sent elsewhere, to ${location}`;
  return statusText === '' ? 'refused without a word' : statusText;
}

function adviceFor({ status, url, retryAfter, body }: Refusal): string | undefined {
  if (status === 429 && retryAfter !== null) return `Wait ${retryAfter} seconds and try again.`;
  if (status >= 300 && status < 400) return 'Redirects are not followed: give the address that it leads to.';
  if (body !== undefined) return undefined;
  if (status >= 500) return 'A proxy before the server may have answered: is the server running?';
  return `Is ${url} the address of a Latchkey or Grafana server, with its path if it has one?`;
}

const SOON_S = 5;
// A timer may be a little early by the server's clock, and a second refusal is final.
const MARGIN_MS = 50;

function soonAgain({ status, retryAfter }: Refusal): number | undefined {
  if (status !== 429 || retryAfter === null || !/^\d+$/.test(retryAfter)) return undefined;
  const seconds = Number(retryAfter);
  return seconds <= SOON_S ? seconds * 1000 + MARGIN_MS : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
