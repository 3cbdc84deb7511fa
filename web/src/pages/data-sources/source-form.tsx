import {
  Autocomplete,
  Fieldset,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { JsonEditor } from '../../parts/json-editor.tsx';
import { SecretFields } from './secret-fields.tsx';
import type { SourceValues } from './source-values.ts';
import { COMMON_TYPES } from './types.ts';

export type SourceForm = UseFormReturnType<SourceValues>;

const ACCESS = [
  { value: 'proxy', label: 'Server (proxy)' },
  { value: 'direct', label: 'Browser (direct)' },
];
const TWO = { base: 1, sm: 2 };

/** The fields of a data source, new or known. */
export function SourceFields({ form, isFixed }: { form: SourceForm; isFixed: boolean }) {
  const { basicAuth, json } = form.values;
  return (
    <Fieldset variant="unstyled" disabled={isFixed} mx={0} miw={0}>
      <Stack maw="52rem">
        <SimpleGrid cols={TWO}>
          <TextInput label="Name" required {...form.getInputProps('name')} />
          <Autocomplete
            label="Type"
            required
            placeholder="prometheus"
            data={COMMON_TYPES}
            {...form.getInputProps('type')}
          />
          <TextInput label="URL" placeholder="http://localhost:9090" {...form.getInputProps('url')} />
          <Select label="Access" data={ACCESS} {...form.getInputProps('access')} />
          <TextInput label="User" {...form.getInputProps('user')} />
          <TextInput label="Database" {...form.getInputProps('database')} />
        </SimpleGrid>
        <Switch
          label="Default"
          description="Panels that name no data source use it; it is the only one that does"
          {...form.getInputProps('isDefault', { type: 'checkbox' })}
        />
        <Switch
          label="Basic auth"
          description="Its password is the secret basicAuthPassword below"
          {...form.getInputProps('basicAuth', { type: 'checkbox' })}
        />
        {basicAuth && <TextInput label="Basic auth user" {...form.getInputProps('basicAuthUser')} />}
        <Switch
          label="With credentials"
          description="Browsers send their cookies along"
          {...form.getInputProps('withCredentials', { type: 'checkbox' })}
        />
        <SecretFields form={form} isFixed={isFixed} />
        <Stack gap="xs">
          <Title order={2}>Further settings</Title>
          <Text size="sm" c="dimmed">
            What the type needs besides, and no secrets (jsonData).
          </Text>
          <JsonEditor
            label="Further settings as JSON"
            value={json}
            onChange={(text) => form.setFieldValue('json', text)}
            readOnly={isFixed}
            height="14rem"
          />
          {form.errors['json'] !== undefined && (
            <Text size="sm" c="var(--page-bad)" role="alert">
              {form.errors['json']}
            </Text>
          )}
        </Stack>
      </Stack>
    </Fieldset>
  );
}
