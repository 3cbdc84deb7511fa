import { Type } from 'typebox';
import { can, canOrIsAccount } from '../../access/can.ts';
import { allows } from '../../access/evaluate.ts';
import type { Identity } from '../../access/identity.ts';
import type { App } from '../../http/app-type.ts';
import { contextOf } from '../../http/request.ts';
import { Id, IdCalled, Message, Name, nullable, SecondsToLive, Timestamp } from '../../http/schemas.ts';
import { timestamp, timestampOrNull } from '../../http/time.ts';
import { lastUseOf } from '../credentials/credentials.ts';
import { requireAccount } from '../service-accounts/service-accounts.ts';
import { listTokens } from './tokens.store.ts';
import { deleteToken, issueToken, revokeToken } from './tokens.ts';

const Token = Type.Object({
  id: Id,
  name: Type.String(),
  created: Timestamp,
  lastUsedAt: nullable(Timestamp),
  expiration: nullable(Timestamp),
  secondsUntilExpiration: Type.Number(),
  hasExpired: Type.Boolean(),
  isRevoked: Type.Boolean(),
  createdBy: nullable(Type.String()),
  // The API key that it was, which had the same number, and since when it is a token.
  migratedFrom: nullable(Type.Object({ apiKeyId: Id, at: Timestamp })),
});

const AccountParams = Type.Object({ id: IdCalled('Service Account ID') });
const TokenParams = Type.Object({ ...AccountParams.properties, tokenId: IdCalled('Token ID') });

const ACCOUNT = 'serviceaccounts:id:{id}';

export function tokensRoutes(app: App): void {
  app.get(
    '/api/serviceaccounts/:id/tokens',
    {
      config: { access: canOrIsAccount('serviceaccounts:read', ACCOUNT) },
      schema: { params: AccountParams, response: { 200: Type.Array(Token) } },
    },
    async (request) => {
      const { db, now } = app.context;
      const account = await requireAccount(contextOf(request), request.params.id);
      const tokens = await listTokens(db, account.id);
      return tokens.map((token) => {
        const left = token.expires_at === null ? 0 : (token.expires_at - now()) / 1000;
        return {
          id: token.id,
          name: token.name,
          created: timestamp(token.created_at),
          lastUsedAt: timestampOrNull(lastUseOf(app.context, token)),
          expiration: timestampOrNull(token.expires_at),
          // Grafana: 0 both for a token that never expires and for one that has.
          secondsUntilExpiration: Math.max(left, 0),
          hasExpired: token.expires_at !== null && left <= 0,
          isRevoked: token.is_revoked === 1,
          createdBy: isShownTo(request.identity, token.created_by) ? token.created_login : null,
          migratedFrom:
            token.migrated_at === null ? null : { apiKeyId: token.id, at: timestamp(token.migrated_at) },
        };
      });
    },
  );

  app.post(
    '/api/serviceaccounts/:id/tokens',
    {
      // Grafana: with a capital here and for service accounts, and nowhere else.
      config: {
        access: can('serviceaccounts:write', ACCOUNT),
        mayAnswer: [409],
        badBody: 'Bad request data',
      },
      schema: {
        params: AccountParams,
        body: Type.Object({ name: Name, secondsToLive: SecondsToLive }),
        response: { 200: Type.Object({ id: Id, name: Type.String(), key: Type.String() }) },
      },
    },
    (request) => issueToken(contextOf(request), request.params.id, request.body),
  );

  app.delete(
    '/api/serviceaccounts/:id/tokens/:tokenId',
    {
      config: { access: can('serviceaccounts:write', ACCOUNT) },
      schema: { params: TokenParams, response: { 200: Message } },
    },
    async (request) => {
      await deleteToken(contextOf(request), request.params.id, request.params.tokenId);
      return { message: 'Service account token deleted' };
    },
  );

  app.post(
    '/api/serviceaccounts/:id/tokens/:tokenId/revoke',
    {
      config: { access: can('serviceaccounts:write', ACCOUNT) },
      schema: { params: TokenParams, response: { 200: Message } },
    },
    async (request) => {
      await revokeToken(contextOf(request), request.params.id, request.params.tokenId);
      return { message: 'Service account token revoked' };
    },
  );
}

/** Whether somebody may be told who made a token: whoever may read the organization's members, and that one. */
function isShownTo({ principal, grants }: Identity, maker: number | null): boolean {
  const isMaker = principal.kind !== 'api-key' && principal.id === maker;
  return isMaker || allows(grants, 'org.users:read', ['users:*']);
}
