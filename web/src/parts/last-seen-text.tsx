import { TimeText } from './time-text.tsx';

// Of who never was seen, the server says that it was ten years before they were made.
const NEVER = /^\d{2,} years$/;

/** When somebody was last seen. */
export function LastSeenText({ of }: { of: { lastSeenAt: string; lastSeenAtAge: string } }) {
  return <TimeText at={NEVER.test(of.lastSeenAtAge) ? null : of.lastSeenAt} />;
}
