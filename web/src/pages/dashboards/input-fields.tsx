import { Select, TextInput } from '@mantine/core';
import { api } from '../../lib/api.ts';
import { useMay } from '../../lib/session.ts';
import type { Input } from './new-dashboard.ts';

interface Props {
  inputs: readonly Input[];
  values: Record<string, string>;
  onChange(name: string, value: string): void;
  /** The names of those that have to be entered still. */
  missing: readonly string[];
}

/** What an exported dashboard asks for where it is imported: data sources, and constants. */
export function InputFields({ inputs, values, onChange, missing }: Props) {
  const mayRead = useMay()('datasources:read');
  const needsSources = inputs.some(({ type }) => type === 'datasource');
  const sources = api.useQuery('get', '/api/datasources', {}, { enabled: mayRead && needsSources });
  return inputs.map((input) => {
    const { name, type, pluginId, label, description } = input;
    const common = {
      label,
      description: description === '' ? undefined : description,
      required: true,
      error: missing.includes(name) && 'The dashboard needs this',
    };
    if (type !== 'datasource' || !mayRead) {
      return (
        <TextInput
          key={name}
          {...common}
          placeholder={type === 'datasource' ? `The uid of a data source of type ${pluginId}` : undefined}
          value={values[name] ?? input.value}
          onChange={(event) => onChange(name, event.currentTarget.value)}
        />
      );
    }
    const fitting = sources.data?.filter((source) => pluginId === '' || source.type === pluginId) ?? [];
    return (
      <Select
        key={name}
        {...common}
        placeholder={`Choose a data source of type ${pluginId}`}
        data={fitting.map((source) => ({ value: source.uid, label: source.name }))}
        nothingFoundMessage={`There is no data source of type ${pluginId} yet: add one first`}
        searchable
        value={values[name] ?? null}
        onChange={(uid) => onChange(name, uid ?? '')}
      />
    );
  });
}
