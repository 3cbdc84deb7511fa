import { CircleCheck, CircleDashed, CircleX, Info, type LucideIcon } from 'lucide-react';
import type { Explanation } from './use-explain.ts';

export type Step = Explanation['steps'][number];
type Tone = 'good' | 'bad' | 'accent' | 'quiet';

/** How what became of a step looks, and what it is called. */
export const OUTCOMES: Record<Step['outcome'], { title: string; tone: Tone; icon: LucideIcon }> = {
  passed: { title: 'Passed', tone: 'good', icon: CircleCheck },
  refused: { title: 'Refused', tone: 'bad', icon: CircleX },
  noted: { title: 'Noted', tone: 'accent', icon: Info },
  'not reached': { title: 'Not reached', tone: 'quiet', icon: CircleDashed },
};

/** What the server looks at. */
export const STEPS: Record<Step['step'], string> = {
  route: 'The call',
  credential: 'The credential',
  account: 'Who has it',
  validity: 'Whether it is still good',
  organization: 'The organization',
  limit: 'How often it asks',
  permission: 'The permission',
  person: 'Whether a person asks',
  rule: 'The call itself',
};
