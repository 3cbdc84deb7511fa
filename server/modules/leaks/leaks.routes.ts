import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { canOnServer, open } from '../../access/can.ts';
import { ApiError } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import { contextOf } from '../../http/request.ts';
import { readScannerKeys, signerOf } from '../../http/scanner-keys.ts';
import { Id } from '../../http/schemas.ts';
import { doerOf, NOBODYS } from '../audit/audit.ts';
import { type Leaked, revokeLeaks } from './leaks.ts';

const MOST = 1000;

// As GitHub's secret scanning sends it, and takes its answer.
const Found = Type.Array(
  Type.Object({
    token: Type.String({ maxLength: 8192 }),
    type: Type.Optional(Type.String({ maxLength: 255 })),
    url: Type.Optional(Type.String({ maxLength: 8192 })),
    source: Type.Optional(Type.String({ maxLength: 255 })),
  }),
  {
    maxItems: MOST,
    examples: [
      [
        {
          token: 'glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe11',
          type: 'grafana_service_account_token',
          url: 'https://github.com/octocat/hello/blob/main/.env',
          source: 'commit',
        },
      ],
    ],
  },
);

const Judged = Type.Object({
  token_hash: Type.String({ description: 'SHA-256 of what was found, in hex' }),
  token_type: Type.String(),
  label: Type.String({ examples: ['true_positive', 'false_positive'] }),
});

const Credential = Type.Object({
  id: Id,
  kind: Type.String({ examples: ['token', 'api-key'] }),
  name: Type.String(),
  orgId: Id,
});

export function leaksRoutes(app: App): void {
  const keys = readScannerKeys(app.context.config);

  app.post(
    '/api/leaks',
    {
      config: { access: canOnServer('orgs:write'), hidesBody: true },
      schema: {
        summary: 'Revoke keys and tokens that somebody found where they should not be',
        body: Found,
        response: {
          200: Type.Array(Type.Object({ ...Judged.properties, credential: Type.Optional(Credential) })),
        },
      },
    },
    async (request) => {
      const context = contextOf(request);
      const leaked = await revokeLeaks(context, doerOf(context), request.body);
      return judged(request.body, leaked).map((answer, at) => {
        const credential = leaked[at];
        return { ...answer, ...(credential && { credential }) };
      });
    },
  );

  app.post(
    '/api/leaks/signed',
    {
      config: {
        access: open('a scanner proves itself by its signature of the body'),
        hidesBody: true,
        mayAnswer: [401, 404],
      },
      // Before anything is said of the body's form.
      preValidation: async (request) => {
        if (keys.length === 0) throw switchedOff();
        signerOf(keys, request);
      },
      schema: {
        summary: 'Revoke what a scanner found, which signs it as the secret scanning of GitHub does',
        body: Found,
        response: { 200: Type.Array(Judged) },
      },
    },
    async (request) => {
      const doer = {
        ...NOBODYS,
        actor: `scanner:${signerOf(keys, request)}`,
        address: request.ip,
        requestId: request.id,
      };
      return judged(request.body, await revokeLeaks(app.context, doer, request.body));
    },
  );
}

function judged(found: Static<typeof Found>, leaked: (Leaked | undefined)[]): Static<typeof Judged>[] {
  return found.map(({ token, type = '' }, at) => ({
    token_hash: createHash('sha256').update(token).digest('hex'),
    token_type: type,
    label: leaked[at] === undefined ? 'false_positive' : 'true_positive',
  }));
}

function switchedOff(): ApiError {
  return new ApiError(404, 'leaks.switched-off', 'Not found', {
    detail: 'Signed reports are taken once [leaks] public_keys_file names the keys that sign them.',
  });
}
