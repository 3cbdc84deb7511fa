import { TextInput, type TextInputProps } from '@mantine/core';
import { lifeUnitsText, parseDuration } from '../../../client/duration.ts';

/** A field for how long something lives, as in 12h or 1M. */
export function LifeInput(props: TextInputProps) {
  return (
    <TextInput
      label="Time to live"
      placeholder="12h"
      description={`A number and a unit: ${lifeUnitsText}`}
      {...props}
    />
  );
}

/** Seconds of what was entered there. Throws an error that lists the units. */
export function secondsOf(text: string): number {
  return parseDuration(text.trim()) / 1000;
}

/** A life in the largest unit that fits, as a person would enter it. */
export function lifeText(seconds: number): string {
  const units = [
    ['M', 2_592_000],
    ['w', 604_800],
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const;
  const [letter, size] = units.find(([, length]) => seconds % length === 0) ?? ['s', 1];
  return `${seconds / size}${letter}`;
}
