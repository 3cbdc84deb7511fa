import type { Identity } from '../../../access/identity.ts';
import type { Caller } from '../../access/caller.ts';
import { notFound } from '../../access/refusals.ts';
import { scopesOfRole } from '../../access/roles.ts';
import type { CloudContext, CloudRequestContext } from '../../context.ts';
import { findOrg } from '../orgs/orgs.ts';
import { usesOf } from '../uses/uses.ts';
import {
  getStackOfAll,
  listOrgs,
  listStacksOfAll,
  type StackOfOrg,
  type Wanted,
} from './administration.store.ts';

const NO_ORG =
  'GET /api/admin/cloud/orgs lists what there is; "latchkey cloud init" on the server makes another.';

/** Who acts, and from where. */
interface By {
  identity: Identity;
  id: string;
  ip: string;
}

/** A stack and what is known of its use without opening it. */
export interface StackInUse {
  stack: StackOfOrg;
  isOpen: boolean;
  /** Milliseconds since 1970; null of one that nobody has used. */
  lastUsedAt: number | null;
  /** Of the last 7 days. */
  requests: number;
  /** What its database takes on disk; null where it is no file. */
  bytes: number | null;
}

/** Stacks of all organizations, a page of them, and how many there are. */
export async function stacksOfAll(
  context: CloudContext,
  wanted: Wanted,
  page: { limit: number; offset: number },
): Promise<{ stacks: StackInUse[]; total: number }> {
  const { rows, total } = await listStacksOfAll(context.db, wanted, page);
  return { stacks: await withUse(context, rows), total };
}

/** A stack of any organization, also one that is deleted and kept. Throws 404. */
export async function requireStackOfAll(context: CloudContext, id: number): Promise<StackInUse> {
  const [stack] = await withUse(context, [await requireRow(context, id)]);
  if (stack === undefined) throw notFound('Instance');
  return stack;
}

export function orgsOfAll({ db }: CloudContext): ReturnType<typeof listOrgs> {
  return listOrgs(db);
}

/** What an administrator of the server needs to act in a cloud organization, in which they may everything. Throws 404. */
export async function inOrg(context: CloudContext, slug: string, by: By): Promise<CloudRequestContext> {
  const org = await findOrg(context, slug);
  if (org === undefined) throw notFound('Organization', NO_ORG);
  const { id, name } = org;
  return asAdministrator(context, { id, slug, name }, by);
}

/** The same in the organization of a stack. Throws 404. */
export async function inOrgOfStack(context: CloudContext, id: number, by: By): Promise<CloudRequestContext> {
  const { org_id, org_slug, org_name } = await requireRow(context, id);
  return asAdministrator(context, { id: org_id, slug: org_slug, name: org_name }, by);
}

function asAdministrator(
  context: CloudContext,
  org: Caller['org'],
  { identity: { principal, credential }, id, ip }: By,
): CloudRequestContext {
  const name = principal.login || principal.name;
  const caller: Caller = {
    id: principal.id,
    name,
    actor: `${principal.kind}:${name}`,
    credential: { kind: credential.kind, id: credential.id },
    org,
    scopes: scopesOfRole('Admin'),
    stacks: undefined,
    isAdmin: true,
  };
  return { ...context, caller, requestId: id, address: ip };
}

async function requireRow({ db }: CloudContext, id: number): Promise<StackOfOrg> {
  const row = await getStackOfAll(db, id);
  if (row === undefined) throw notFound('Instance');
  return row;
}

async function withUse(context: CloudContext, rows: StackOfOrg[]): Promise<StackInUse[]> {
  const uses = await usesOf(
    context,
    rows.map(({ id }) => id),
  );
  return rows.map((stack) => {
    const { lastUsedAt = null, requests = 0 } = uses.get(stack.id) ?? {};
    return { stack, lastUsedAt, requests, ...context.stacks.look(stack.id) };
  });
}
