import { Text } from '@mantine/core';
import { sentenceOf } from '../lib/change-sentence.ts';
import type { Change } from '../lib/change-words.ts';
import { TextLink } from './text-link.tsx';

/** A change as a sentence, with a link to what was changed while there may still be something to see. */
export function ChangeText({ change }: { change: Change }) {
  const { actor, did, object, rest } = sentenceOf(change);
  const path = pathOf(change);
  return (
    <Text span inherit style={{ overflowWrap: 'anywhere' }}>
      <Text span inherit fw={600}>
        {actor}
      </Text>{' '}
      {did}{' '}
      {path === undefined ? (
        object
      ) : (
        <TextLink to={path} underline="always">
          {object}
        </TextLink>
      )}
      {rest}
    </Text>
  );
}

const PLACES: Record<string, string> = {
  'service-account': '/org/serviceaccounts/',
  folder: '/dashboards/f/',
  dashboard: '/d/',
  'data-source': '/datasources/edit/',
  team: '/org/teams/',
  role: '/admin/roles/',
};

function pathOf({ action, object, change }: Change): string | undefined {
  const { serviceAccountId } = change;
  if (object.kind === 'token' && typeof serviceAccountId === 'number')
    return `/org/serviceaccounts/${serviceAccountId}`;
  const place = PLACES[object.kind];
  const isGone = action.endsWith(':delete') && action !== 'stars:delete';
  return place === undefined || isGone ? undefined : place + encodeURIComponent(object.id);
}
