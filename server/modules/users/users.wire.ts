import { Type } from 'typebox';
import { avatarUrl } from '../../http/avatar.ts';
import { Id, RoleSchema, Text, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import type { UserRow } from './users.ts';

/** A user as Grafana shows one. */
export const UserSchema = Type.Object({
  id: Id,
  email: Type.String(),
  name: Type.String(),
  login: Type.String(),
  theme: Type.String(),
  orgId: Id,
  isGrafanaAdmin: Type.Boolean(),
  isDisabled: Type.Boolean(),
  isExternal: Type.Boolean(),
  authLabels: Type.Array(Type.String()),
  updatedAt: Timestamp,
  createdAt: Timestamp,
  avatarUrl: Type.String(),
});

/** What a user may be called. */
export const ProfileSchema = Type.Object({
  name: Type.Optional(Text()),
  login: Type.Optional(Text()),
  email: Type.Optional(Text()),
  theme: Type.Optional(Text(40)),
});

/** A password as it may be sent: any characters, since only its hash is kept. How short is too short is said by the rule. */
export const PasswordSchema = Type.String({ maxLength: 4096 });

/** An organization that somebody is in. */
export const OrgOfUser = Type.Object({ orgId: Id, name: Type.String(), role: RoleSchema });

/** What of a user is shown; what is not listed here never leaves. */
export type ShownUser = Pick<
  UserRow,
  | 'id'
  | 'email'
  | 'name'
  | 'login'
  | 'theme'
  | 'org_id'
  | 'is_server_admin'
  | 'is_disabled'
  | 'created_at'
  | 'updated_at'
>;

export function userAnswer(user: ShownUser) {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    login: user.login,
    theme: user.theme,
    orgId: user.org_id,
    isGrafanaAdmin: user.is_server_admin === 1,
    isDisabled: user.is_disabled === 1,
    isExternal: false,
    authLabels: [],
    updatedAt: timestamp(user.updated_at),
    createdAt: timestamp(user.created_at),
    avatarUrl: avatarUrl(user),
  };
}
