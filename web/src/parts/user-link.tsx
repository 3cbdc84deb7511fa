import { useMayOnServer } from '../lib/session.ts';
import { TextLink } from './text-link.tsx';

/** The login of somebody; for who may look at the users of the server, a link to all about them. */
export function UserLink({ id, login }: { id: number; login: string }) {
  if (!useMayOnServer()('users:read')) return login;
  return (
    <TextLink to="/admin/users/$id" params={{ id: String(id) }}>
      {login}
    </TextLink>
  );
}
