import { Alert, Stack, Switch, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { lifeUnitsText } from '../../../client/duration.ts';
import { useSession } from '../lib/session.ts';
import { lifeText, LifeInput, secondsOf } from './life-input.tsx';

/** How long a new secret is to live, as it is entered. */
export interface Life {
  text: string;
  isEndless: boolean;
}

/** The longest life that is offered, and whether a secret may do without an end. */
export interface LifeLimit {
  longest: number;
  mayBeEndless: boolean;
  /** Why no longer. */
  reason: string;
}

const SHOWN_AT_FIRST = 30 * 86_400;
const AT_FIRST = '30d';

const SETTINGS = {
  'API key': { limit: 'apiKeyMaxSecondsToLive', setting: 'api_key_max_seconds_to_live' },
  token: { limit: 'tokenMaxSecondsToLive', setting: 'auth_token_max_seconds_to_live' },
} as const;

/** What the server's settings allow; where they set no limit, 30 days, and no end behind a warning. */
export function useLifeLimit(kind: keyof typeof SETTINGS): LifeLimit {
  const { settings } = useSession();
  const { limit, setting } = SETTINGS[kind];
  const seconds = settings.latchkey[limit];
  if (seconds < 0) return { longest: SHOWN_AT_FIRST, mayBeEndless: true, reason: '' };
  return { longest: seconds, mayBeEndless: false, reason: `: the server's setting ${setting} says so` };
}

/** What the field begins with. */
export function firstLife({ longest }: LifeLimit): Life {
  return { text: longest >= SHOWN_AT_FIRST ? AT_FIRST : lifeText(longest), isEndless: false };
}

/** What is wrong with a life that was entered, and what is right. */
export function lifeProblem({ text, isEndless }: Life, limit: LifeLimit): string | null {
  if (isEndless) return null;
  if (text.trim() === '') return 'Enter how long it is to live, as in 30d';
  try {
    if (secondsOf(text) <= limit.longest) return null;
    return `${text.trim()} is too long. Enter ${longestText(limit)} at most${limit.reason}.`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** As the API takes it; nothing for no end. */
export function secondsToLive({ text, isEndless }: Life): { secondsToLive?: number } {
  return isEndless ? {} : { secondsToLive: secondsOf(text) };
}

interface Props {
  kind: string;
  limit: LifeLimit;
  value: Life;
  error: ReactNode;
  onChange(life: Life): void;
}

/** The time to live of a new secret; no end only where the server allows it, and with a warning. */
export function LifeField({ kind, limit, value, error, onChange }: Props) {
  return (
    <Stack gap="sm">
      <LifeInput
        description={`A number and a unit, as in 12h: ${lifeUnitsText}. At most ${longestText(limit)}${limit.reason}.`}
        required={!value.isEndless}
        disabled={value.isEndless}
        value={value.text}
        error={error}
        onChange={(event) => onChange({ ...value, text: event.currentTarget.value })}
      />
      {limit.mayBeEndless && (
        <Switch
          label="No expiry"
          checked={value.isEndless}
          onChange={(event) => onChange({ ...value, isEndless: event.currentTarget.checked })}
        />
      )}
      {value.isEndless && (
        <Alert color="yellow" variant="light" title={`This ${kind} will work until somebody ends it`}>
          <Text size="sm">
            Whoever comes upon it in a log or an old backup years from now gets in. Choose an end wherever the
            secret can be exchanged.
          </Text>
        </Alert>
      )}
    </Stack>
  );
}

function longestText({ longest }: LifeLimit): string {
  return longest === SHOWN_AT_FIRST ? '30d or 1M' : lifeText(longest);
}
