import { Type } from 'typebox';
import { canAny } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { sendJson } from '../../http/json-reply.ts';
import { contextOf } from '../../http/request.ts';
import { FreeJson, Id, nullable, Text } from '../../http/schemas.ts';
import { membersOf } from '../../../client/json-text.ts';
import { compareVersions } from './diff.ts';
import { diffPage } from './diff-page.ts';

// It shows what others wrote: nothing in it may run or load, even when it is opened as a page of its own.
const POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

const Side = Type.Object({
  dashboardId: Type.Optional(nullable(Id)),
  dashboardUid: Type.Optional(nullable(Text())),
  version: Type.Optional(nullable(Id)),
  unsavedDashboard: Type.Optional(nullable(FreeJson)),
});

const DiffType = Type.Unsafe<'basic' | 'json' | 'delta'>({
  type: 'string',
  enum: ['basic', 'json', 'delta'],
});

export function diffRoutes(app: App): void {
  app.post(
    '/api/dashboards/calculate-diff',
    {
      bodyLimit: app.context.config.limits.max_dashboard_bytes,
      // Of which dashboards is known once the body is read; the rule asks for both then.
      config: { access: canAny('dashboards:write'), mayAnswer: [404, 413] },
      schema: {
        summary: 'Compare two versions of dashboards',
        body: Type.Object(
          { base: Side, new: Side, diffType: Type.Optional(DiffType) },
          { examples: [{ base: { dashboardId: 1, version: 1 }, new: { dashboardId: 1, version: 2 } }] },
        ),
        response: {
          200: {
            content: {
              'application/json': { schema: FreeJson },
              'text/html': { schema: Type.String() },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { base, new: other, diffType = 'basic' } = request.body;
      const sent = membersOf(request.bodyText);
      const difference = await compareVersions(contextOf(request), {
        base: { ...base, unsaved: unsavedIn(sent.get('base')) },
        new: { ...other, unsaved: unsavedIn(sent.get('new')) },
      });
      if (diffType === 'delta') return sendJson(reply, difference.textOf(difference.delta ?? {}));
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', POLICY)
        .send(diffPage(difference, { inFull: diffType === 'json' }));
    },
  );
}

/** The unsaved dashboard as it was sent, number for number. */
function unsavedIn(side = '{}'): string | undefined {
  const text = membersOf(side).get('unsavedDashboard');
  return text === 'null' ? undefined : text;
}
