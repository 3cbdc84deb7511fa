import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { canOnServer, open } from '../../access/can.ts';
import { ApiError } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import { addressOf, contextOf } from '../../http/request.ts';
import { readScannerKeys, signerOf } from '../../http/scanner-keys.ts';
import { Id } from '../../http/schemas.ts';
import { type Doer, doerOf, NOBODYS } from '../audit/audit.ts';
import { type Leak, type Leaked, type RevokeElsewhere, revokeEverywhere } from './leaks.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** There where keys and tokens are kept elsewhere too. */
    revokeElsewhere?: RevokeElsewhere;
  }
}

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
  kind: Type.String({ examples: ['token', 'api-key', 'cloud-key', 'policy-token'] }),
  name: Type.String(),
  orgId: Id,
  stack: Type.Optional(Type.String({ description: 'The slug of the stack that it is in' })),
  cloudOrg: Type.Optional(
    Type.String({ description: 'The slug of the organization of the cloud side that it is of' }),
  ),
});

export function leaksRoutes(app: App): void {
  const keys = readScannerKeys(app.context.config);
  const revoke = (doer: Doer, leaks: readonly Leak[]) =>
    revokeEverywhere(app.context, app.revokeElsewhere, doer, leaks);

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
      const { leaked, unseen } = await revoke(doerOf(contextOf(request)), request.body);
      if (unseen.length > 0) throw notSeen(`${unseen.join(', ')}: mend what cannot be opened, or delete it`);
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
        address: addressOf(request),
        requestId: request.id,
      };
      const { leaked, unseen } = await revoke(doer, request.body);
      // Whoever reports this way learns nothing of ours; the log names them.
      if (unseen.length > 0) throw notSeen('all places');
      return judged(request.body, leaked);
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

/** False positives would be a lie: a key of a stack that is down today works tomorrow. What was revoked is known when it is sent again. */
function notSeen(where: string): ApiError {
  return new ApiError(503, 'leaks.not-seen', 'Not all places could be looked into', {
    detail: `What is known elsewhere is revoked. Nobody could look into ${where}. Send the report again afterwards.`,
  });
}

function switchedOff(): ApiError {
  return new ApiError(404, 'leaks.switched-off', 'Not found', {
    detail: 'Signed reports are taken once [leaks] public_keys_file names the keys that sign them.',
  });
}
