import { Button, Fieldset, Group, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { LeaveGuard } from './leave-guard.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { Section } from './section.tsx';

interface Props {
  title: string;
  about?: ReactNode;
  children: ReactNode;
  /** The words on the button that sends it. */
  submit?: string;
  /** Whether the person may change what it shows; it is only shown otherwise. */
  mayChange?: boolean;
  /** Whether something was entered that leaving would lose. */
  isDirty: boolean;
  isBusy: boolean;
  /** What the server said to the last try; what was entered stays. */
  error: unknown;
  onSubmit(event: FormEvent<HTMLFormElement>): void;
}

/** A form that is a part of a page; it asks before the page is left with something in it that is not saved. */
export function FormSection({ title, about, children, submit = 'Save', mayChange = true, ...rest }: Props) {
  const { isDirty, isBusy, error, onSubmit } = rest;
  return (
    <Section title={title} about={about}>
      <form onSubmit={onSubmit} noValidate>
        <Fieldset variant="unstyled" disabled={!mayChange} p={0} m={0} miw={0}>
          <Stack maw="34rem">
            {children}
            <ProblemAlert error={error} />
            {mayChange && (
              <Group>
                <Button type="submit" loading={isBusy} disabled={!isDirty}>
                  {submit}
                </Button>
              </Group>
            )}
          </Stack>
        </Fieldset>
      </form>
      <LeaveGuard isDirty={isDirty} />
    </Section>
  );
}
