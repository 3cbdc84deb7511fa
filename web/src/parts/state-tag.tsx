import { Badge } from '@mantine/core';
import type { ReactNode } from 'react';

type Tone = 'good' | 'warning' | 'bad' | 'quiet' | 'accent';

/** A small outlined tag for a state: active, expired, disabled, revoked. */
export function StateTag({ tone, children }: { tone: Tone; children: ReactNode }) {
  const colour = `var(--page-${tone})`;
  return (
    <Badge c={colour} style={{ borderColor: colour, flexShrink: 0, minWidth: 'max-content' }}>
      {children}
    </Badge>
  );
}
