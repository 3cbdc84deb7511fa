import { ActionIcon } from '@mantine/core';
import { Star } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../lib/api.ts';
import { tellProblem } from '../../lib/notify.ts';

interface Props {
  uid: string;
  title: string;
  isStarred: boolean;
}

const PATH = '/api/user/stars/dashboard/uid/{uid}';

/** Puts a dashboard among those of the person, or takes it away from there. */
export function StarButton({ uid, title, isStarred }: Props) {
  const [asked, setAsked] = useState<{ wanted: boolean; before: boolean }>();
  const onError = (error: unknown): void => {
    setAsked(undefined);
    tellProblem(error);
  };
  const star = api.useMutation('post', PATH, { onError });
  const unstar = api.useMutation('delete', PATH, { onError });
  // What was asked for shows at once, until the server tells.
  const shown = asked?.before === isStarred ? asked.wanted : isStarred;
  const toggle = (): void => {
    setAsked({ wanted: !shown, before: isStarred });
    (shown ? unstar : star).mutate({ params: { path: { uid } } });
  };
  return (
    <ActionIcon aria-label={`${shown ? 'Unstar' : 'Star'} ${title}`} onClick={toggle}>
      <Star
        size={16}
        aria-hidden
        color={shown ? 'var(--page-warning)' : 'currentColor'}
        fill={shown ? 'var(--page-warning)' : 'none'}
      />
    </ActionIcon>
  );
}
