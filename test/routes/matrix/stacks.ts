import { anew, type Row, SERVER } from './row.ts';

const slug = (): string => anew('stack-').replaceAll(' ', '');
const NOT_THERE = SERVER.one.missing;
const MISSING = {
  own: NOT_THERE,
  other: SERVER.here.other,
  missing: SERVER.here.missing,
  isOfServer: true,
} as const;

/** What a server with a cloud side has besides; its first stack is there. */
export const STACKS: Row[] = [
  ['GET /api/admin/cloud/orgs', SERVER.here],
  ['GET /api/admin/cloud/regions', SERVER.here],
  ['GET /api/admin/cloud/stacks', SERVER.here],
  ['POST /api/admin/cloud/stacks', SERVER.here, [], () => ({ org: 'acme', name: 'made', slug: slug() })],
  [
    'POST /api/admin/cloud/stacks # in an organization that is not there',
    MISSING,
    [],
    () => ({ org: 'not-there', name: 'made', slug: slug() }),
  ],
  ['GET /api/admin/cloud/stacks/:id=1', SERVER.here],
  ['PATCH /api/admin/cloud/stacks/:id=1', SERVER.here, [], { description: 'changed' }],
  ['POST /api/admin/cloud/stacks/:id=1/suspend', SERVER.here],
  ['POST /api/admin/cloud/stacks/:id=1/resume', SERVER.here],
  ['DELETE /api/admin/cloud/stacks/:id=1', SERVER.here],
  ['POST /api/admin/cloud/stacks/:id=1/restore', SERVER.here],
  ['GET /api/admin/cloud/stacks/:id=999999', MISSING],
  ['PATCH /api/admin/cloud/stacks/:id=999999', MISSING, [], { description: 'changed' }],
  ['POST /api/admin/cloud/stacks/:id=999999/suspend', MISSING],
  ['POST /api/admin/cloud/stacks/:id=999999/resume', MISSING],
  ['DELETE /api/admin/cloud/stacks/:id=999999', MISSING],
  ['POST /api/admin/cloud/stacks/:id=999999/restore', MISSING],
];
