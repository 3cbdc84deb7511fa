import { Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useId, useRef } from 'react';
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
  if (at === null || at === undefined || at === '') {
    return (
      <Text span inherit c="dimmed">
        {never}
      </Text>
    );
  }
  return <Moment moment={new Date(at)} />;
}

// Lists have many of them, of which one at most is pointed at: only that one has a tooltip.
function Moment({ moment }: { moment: Date }) {
  const { user } = useSession();
  const id = useId();
  const text = useRef<HTMLTimeElement>(null);
  const [isPointedAt, { open, close }] = useDisclosure(false);
  return (
    <>
      <Text
        span
        inherit
        component="time"
        ref={text}
        dateTime={moment.toISOString()}
        tabIndex={0}
        aria-describedby={isPointedAt ? id : undefined}
        onMouseEnter={open}
        onMouseLeave={close}
        onFocus={open}
        onBlur={close}
        onKeyDown={({ key }) => key === 'Escape' && close()}
        style={{ whiteSpace: 'nowrap' }}
      >
        {relativeTime(moment)}
      </Text>
      {isPointedAt && (
        <Tooltip opened target={text} label={<span id={id}>{exactTime(moment, user.timezone)}</span>} />
      )}
    </>
  );
}
