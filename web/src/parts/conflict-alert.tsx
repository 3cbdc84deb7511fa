import { Alert, Button, Group, Text } from '@mantine/core';

interface Props {
  /** What was changed: data source, role. */
  noun: string;
  isBusy: boolean;
  /** Shows what is kept by now, without what was entered here. */
  onLoad(): void;
  /** Saves what was entered here all the same. */
  onOverwrite(): void;
}

/** Says that somebody else saved meanwhile, and has the person choose whose version stays. */
export function ConflictAlert({ noun, isBusy, onLoad, onOverwrite }: Props) {
  return (
    <Alert
      color="yellow"
      variant="light"
      role="alert"
      title={`Somebody else has changed this ${noun} meanwhile`}
    >
      <Text size="sm">
        Nothing was saved, and what you entered is still here. Load what they saved and enter yours again, or
        save yours over it.
      </Text>
      <Group mt="sm" gap="sm">
        <Button variant="default" onClick={onLoad}>
          Load what is saved
        </Button>
        <Button color="red" loading={isBusy} onClick={onOverwrite}>
          Save mine over it
        </Button>
      </Group>
    </Alert>
  );
}
