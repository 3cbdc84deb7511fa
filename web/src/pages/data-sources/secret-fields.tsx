import { Autocomplete, Button, Group, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { randomId } from '@mantine/hooks';
import { StateTag } from '../../parts/state-tag.tsx';
import type { SourceForm } from './source-form.tsx';
import { COMMON_SECRETS } from './types.ts';

/** Which secrets are set, and fields for new ones. What is set is never shown: it is replaced, or left as it is. */
export function SecretFields({ form, isFixed }: { form: SourceForm; isFixed: boolean }) {
  const { secrets } = form.values;
  const add = (): void =>
    form.insertListItem('secrets', { key: randomId(), name: '', value: '', isKept: false });
  return (
    <Stack gap="sm">
      <Title order={2}>Secrets</Title>
      <Text size="sm" c="dimmed">
        They are kept encrypted, and nobody can read them again (secureJsonData).
      </Text>
      {secrets.map(({ key, name, value, isKept }, at) =>
        isKept ? (
          <KeptSecret
            key={key}
            name={name}
            value={value}
            isFixed={isFixed}
            onChange={(next) => form.setFieldValue(`secrets.${at}.value`, next)}
          />
        ) : (
          <Group key={key} align="flex-start" gap="sm">
            <Autocomplete
              label="Name of the secret"
              required
              flex="1 1 12rem"
              data={COMMON_SECRETS}
              {...form.getInputProps(`secrets.${at}.name`)}
            />
            <PasswordInput
              label={name === '' ? 'Value' : `Value of ${name}`}
              autoComplete="new-password"
              flex="1 1 12rem"
              {...form.getInputProps(`secrets.${at}.value`)}
            />
            <Button variant="default" mt="lg" onClick={() => form.removeListItem('secrets', at)}>
              Leave out
            </Button>
          </Group>
        ),
      )}
      {!isFixed && (
        <Group>
          <Button variant="default" onClick={add}>
            Add a secret
          </Button>
        </Group>
      )}
    </Stack>
  );
}

interface Kept {
  name: string;
  value: string | undefined;
  isFixed: boolean;
  onChange(value: string | undefined): void;
}

function KeptSecret({ name, value, isFixed, onChange }: Kept) {
  if (value === undefined) {
    return (
      <Group gap="sm">
        <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Text>
        <StateTag tone="good">Set</StateTag>
        {!isFixed && (
          <Button variant="default" aria-label={`Reset ${name}`} onClick={() => onChange('')}>
            Reset
          </Button>
        )}
      </Group>
    );
  }
  return (
    <Group align="flex-end" gap="sm">
      <PasswordInput
        label={`New value of ${name}`}
        description="Left empty, the secret is taken away when you save"
        autoComplete="new-password"
        autoFocus
        flex="1 1 12rem"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <Button variant="default" aria-label={`Keep as it was: ${name}`} onClick={() => onChange(undefined)}>
        Keep as it was
      </Button>
    </Group>
  );
}
