import type { Subject, SubjectKind } from '../lib/subjects.ts';
import { TextLink } from './text-link.tsx';
import { UserLink } from './user-link.tsx';

/** What each kind is called. */
export const SUBJECT_NAMES: Record<SubjectKind, string> = {
  user: 'User',
  'service-account': 'Service account',
  team: 'Team',
};

/** The name of a user, a service account or a team, as a link to all about them where the person may look at that. */
export function SubjectLink({ subject: { kind, id, name } }: { subject: Omit<Subject, 'about'> }) {
  if (kind === 'user') return <UserLink id={id} login={name} />;
  return (
    <TextLink
      to={kind === 'team' ? '/org/teams/$id' : '/org/serviceaccounts/$id'}
      params={{ id: String(id) }}
    >
      {name}
    </TextLink>
  );
}
