/** What an answer may say besides its message: Grafana's own fields, and a sentence on what to change. */
export interface ErrorDetails {
  cause?: unknown;
  /** What exactly is wrong and what to do next; goes to the client beside the message. */
  detail?: string;
  /** Further fields of the body, such as Grafana's `status: 'name-exists'`. */
  fields?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** The one error that reaches a client. The message is public; the cause is only logged. */
export class ApiError extends Error {
  readonly status: number;
  readonly messageId: string;
  readonly detail: string | undefined;
  readonly fields: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(status: number, messageId: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ApiError';
    this.status = status;
    this.messageId = messageId;
    this.detail = details.detail;
    this.fields = details.fields ?? {};
    this.headers = details.headers ?? {};
  }
}

/** 400 in Grafana's words, with a sentence that says what to change. */
export function badRequest(detail: string, message = 'bad request data'): ApiError {
  return new ApiError(400, 'bad-request', message, { detail });
}

/** Why a credential was refused, as the metrics count it. */
export type RefusalReason =
  | 'none sent'
  | 'unknown scheme'
  | 'malformed'
  | 'unknown'
  | 'expired'
  | 'revoked'
  | 'account disabled'
  | 'wrong password'
  | 'switched off'
  | 'other';

/** What the log says of a refused credential: never the secret, nor a login that nobody has, which may be a password in the wrong field. */
export interface Refusal {
  reason: RefusalReason;
  /** What the log may tell apart and the metrics, which anybody may read, may not: whether there is such a user. */
  exactly?: string;
  kind?: string;
  /** Of the key or token; of the person where a password or session is refused in one organization only. */
  credentialId?: number;
  /** The organization that the credential is of, where it is known; then the refusal counts there. */
  org?: number;
  /** Whose it is, as 'user:7', where that is known. */
  principal?: string;
}

/** 401 in the documents' words, with the challenge that RFC 6750 asks for and a sentence on what to do. */
export function unauthorized(
  message: string,
  detail?: string,
  refusal: Refusal = { reason: 'other' },
): ApiError {
  const error =
    refusal.reason === 'none sent' ? '' : `, error="invalid_token", error_description="${message}"`;
  return new ApiError(401, 'auth.unauthorized', message, {
    cause: refusal,
    ...(detail === undefined ? {} : { detail }),
    headers: { 'www-authenticate': `Bearer realm="Latchkey"${error}` },
  });
}

export function notFound(message: string, messageId = 'not-found'): ApiError {
  return new ApiError(404, messageId, message);
}

export function conflict(message: string, detail?: string): ApiError {
  return new ApiError(409, 'conflict', message, detail === undefined ? {} : { detail });
}
