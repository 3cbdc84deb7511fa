import { ROLES, type Role } from '../../access/roles.ts';
import type { Source } from '../../sources/source.ts';
import { refOf, textOf } from './rows.ts';

/** An organization, by the id that it has in Grafana, and what somebody is there. */
export interface Place {
  orgId: number;
  role: string;
}

/** The organizations that service accounts are in: each is in one. */
export async function placesOf(source: Source, ids: readonly number[]): Promise<Map<number, Place>> {
  const columns = ['org_id', 'user_id', 'role'];
  const rows = ids.length === 0 ? [] : await source.rowsWith('org_user', 'user_id', ids, { columns });
  return new Map(
    rows.map((row) => [refOf(row, 'user_id'), { orgId: refOf(row, 'org_id'), role: textOf(row, 'role') }]),
  );
}

/** A basic role by its name; undefined for what is none. */
export function roleOf(name: string): Role | undefined {
  return ROLES.find((role) => role === name);
}
