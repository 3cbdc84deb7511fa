import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useFocusBack } from '../lib/focus-back.ts';
import { ProblemAlert } from './problem-alert.tsx';

interface Props {
  title: string;
  children: ReactNode;
  /** The words on the button that sends it. */
  submit: string;
  /** Whether something was entered that closing would lose. */
  isDirty: boolean;
  isBusy: boolean;
  /** What the server said to the last try; what was entered stays. */
  error: unknown;
  onSubmit(event: FormEvent<HTMLFormElement>): void;
  onClose(): void;
}

/** A form in a dialog that asks before it loses what was entered. Shown while it is mounted. */
export function FormDialog({ title, children, submit, isDirty, isBusy, error, onSubmit, onClose }: Props) {
  useFocusBack();
  const [asks, setAsks] = useState(false);
  const close = (): void => (isDirty && !asks ? setAsks(true) : onClose());
  return (
    <Modal opened onClose={close} title={title}>
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          {children}
          <ProblemAlert error={error} />
          {asks && (
            <Group justify="flex-end" role="alert">
              <Text size="sm">What you entered is not saved.</Text>
              <Button variant="default" onClick={() => setAsks(false)}>
                Keep editing
              </Button>
              <Button color="red" onClick={onClose}>
                Discard it
              </Button>
            </Group>
          )}
          {!asks && (
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={isBusy}>
                {submit}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Modal>
  );
}
