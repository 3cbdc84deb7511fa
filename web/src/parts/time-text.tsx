import { Text, Tooltip } from '@mantine/core';
import { useSession } from '../lib/session.ts';
import { exactTime, relativeTime } from '../lib/time.ts';

interface Props {
  /** RFC 3339 or milliseconds since 1970; null and undefined are never. */
  at: string | number | null | undefined;
  /** What never is called here. */
  never?: string;
}

/** A moment from now, and exactly, in the person's zone, where one points or goes with the keyboard. */
export function TimeText({ at, never = 'Never' }: Props) {
  const { user } = useSession();
  if (at === null || at === undefined || at === '') {
    return (
      <Text span inherit c="dimmed">
        {never}
      </Text>
    );
  }
  const moment = new Date(at);
  const exact = exactTime(moment, user.timezone);
  return (
    <Tooltip label={exact}>
      <Text
        span
        inherit
        component="time"
        dateTime={moment.toISOString()}
        tabIndex={0}
        style={{ whiteSpace: 'nowrap' }}
      >
        {relativeTime(moment)}
      </Text>
    </Tooltip>
  );
}
