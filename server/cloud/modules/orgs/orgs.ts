import { isUniqueViolation } from '../../../db/errors.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { changed } from '../../../modules/audit/changed.ts';
import { requireWholeOrg } from '../../access/caller.ts';
import { notFound, taken } from '../../access/refusals.ts';
import type { CloudContext, CloudRequestContext } from '../../context.ts';
import { recordChange } from '../audit/audit.ts';
import {
  type CloudOrgRow,
  deleteMember,
  getMember,
  getOrg,
  getOrgBySlug,
  insertMember,
  insertOrg,
  listMembers,
  type MemberRow,
  updateMember,
} from './orgs.store.ts';

export interface Membership {
  role?: string | undefined;
  billing?: number | undefined;
}

/** Makes a cloud organization; its slug is made of its name. Throws 409 where there is one of that slug. */
export async function createOrg(
  context: Pick<CloudContext, 'db' | 'now'>,
  name: string,
): Promise<CloudOrgRow> {
  const slug = slugOf(name);
  const now = context.now();
  const row = { slug, name, created_at: now, updated_at: now };
  if (await findOrg(context, slug)) throw taken(`There is an organization ${slug} already`);
  const id = await insertOrg(context.db, row);
  return { id, ...row };
}

/** An organization, whoever asks. */
export function findOrg({ db }: Pick<CloudContext, 'db'>, slug: string): Promise<CloudOrgRow | undefined> {
  return getOrgBySlug(db, slug);
}

/** The organization that one of this name would be taken for: that of its slug. */
export function findOrgByName(
  context: Pick<CloudContext, 'db'>,
  name: string,
): Promise<CloudOrgRow | undefined> {
  return findOrg(context, slugOf(name));
}

function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '')
    .slice(0, 60);
  return slug === '' ? 'org' : slug;
}

/** The caller's own organization, named by slug or id. Throws 404 for any other. */
export async function requireOwnOrg(context: CloudRequestContext, slugOrId: string): Promise<CloudOrgRow> {
  const { org } = context.caller;
  const isOwn = slugOrId === org.slug || slugOrId === String(org.id);
  const found = isOwn ? await getOrg(context.db, org.id) : undefined;
  if (found === undefined) throw notFound('Organization');
  return found;
}

/** The members of the caller's organization. Throws 403 for a policy of single stacks. */
export function membersOf(context: CloudRequestContext): Promise<MemberRow[]> {
  requireWholeOrg(context.caller);
  return listMembers(context.db, context.caller.org.id);
}

/** A member of the caller's organization by name or id. Throws 404. */
export async function requireMember(context: CloudRequestContext, user: string): Promise<MemberRow> {
  requireWholeOrg(context.caller);
  const member = await getMember(context.db, context.caller.org.id, user);
  if (member === undefined) throw notFound('Member');
  return member;
}

/** Takes somebody into the caller's organization. Throws 409 where they are in it. */
export async function addMember(
  context: CloudRequestContext,
  { username, role = 'Viewer', billing = 0 }: Membership & { username: string },
): Promise<MemberRow> {
  requireWholeOrg(context.caller);
  const now = context.now();
  try {
    return await inTransaction(context, async (context) => {
      const member = await insertMember(context.db, {
        org_id: context.caller.org.id,
        username,
        role,
        billing: billing === 0 ? 0 : 1,
        created_at: now,
        updated_at: now,
      });
      await record(context, 'add', member, told(member));
      return member;
    });
  } catch (error) {
    throw isUniqueViolation(error) ? taken(`${username} is a member already`) : error;
  }
}

/** Changes what is given of a member. Throws 404. */
export function changeMember(
  context: CloudRequestContext,
  user: string,
  { role, billing }: Membership,
): Promise<MemberRow> {
  return inTransaction(context, async (context) => {
    const before = await requireMember(context, user);
    const member = await updateMember(context.db, before.id, {
      ...(role === undefined ? {} : { role }),
      ...(billing === undefined ? {} : { billing: billing === 0 ? 0 : 1 }),
      updated_at: context.now(),
    });
    await record(context, 'write', member, changed(told(before), told(member)));
    return member;
  });
}

/** Puts somebody out of the caller's organization. Throws 404. */
export async function removeMember(context: CloudRequestContext, user: string): Promise<void> {
  await inTransaction(context, async (context) => {
    const member = await requireMember(context, user);
    await deleteMember(context.db, member.id);
    await record(context, 'remove', member, told(member));
  });
}

function told({ role, billing }: MemberRow): Record<string, unknown> {
  return { role, billing: billing === 1 };
}

function record(
  context: CloudRequestContext,
  verb: string,
  { id, username: name }: MemberRow,
  change: Record<string, unknown>,
): Promise<void> {
  return recordChange(context, { action: `orgs.members:${verb}`, kind: 'member', id, name, change });
}
