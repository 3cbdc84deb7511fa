import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useFocusBack } from '../lib/focus-back.ts';
import { ProblemAlert } from './problem-alert.tsx';

interface Props {
  title: string;
  /** What goes, by its name, and what that means. */
  children: ReactNode;
  /** The words on the button that does it. */
  confirm: string;
  isDangerous?: boolean;
  /** Has to be typed first, for what cannot be undone and takes much along. */
  typed?: string;
  isBusy: boolean;
  error: unknown;
  onConfirm(): void;
  onClose(): void;
}

/** Asks before something is done that cannot be taken back. Shown while it is mounted. */
export function ConfirmDialog(props: Props) {
  const { title, children, confirm, isDangerous = true, typed, isBusy, error, onConfirm, onClose } = props;
  useFocusBack();
  const [text, setText] = useState('');
  return (
    <Modal opened onClose={onClose} title={title} size="md">
      <Stack>
        <Text size="sm" component="div">
          {children}
        </Text>
        {typed !== undefined && (
          <TextInput
            label={`Type ${typed} to go on`}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus={typed === undefined ? true : undefined}>
            Cancel
          </Button>
          <Button
            color={isDangerous ? 'red' : 'brand'}
            loading={isBusy}
            disabled={typed !== undefined && text !== typed}
            onClick={onConfirm}
          >
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
