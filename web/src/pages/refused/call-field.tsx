import { Autocomplete, type AutocompleteProps, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { problemOf } from '../../lib/problem.ts';
import { isLike, loadCalls, namesIn } from './calls.ts';

interface Props {
  line: string;
  values: Readonly<Record<string, string>>;
  onLine(line: string): void;
  onValues(values: Record<string, string>): void;
  error: string | undefined;
}

const OFFERED = 40;

/** A call by its method and path: chosen among all that there are, or written. */
export function CallField({ line, values, onLine, onValues, error }: Props) {
  const calls = useQuery({ queryKey: ['calls'], queryFn: loadCalls, staleTime: Infinity });
  const byLine = new Map(calls.data?.map((call) => [call.line, call]));
  const render: AutocompleteProps['renderOption'] = ({ option }) => (
    <div>
      <Text size="sm" ff="monospace">
        {option.value}
      </Text>
      <Text size="xs" c="dimmed">
        {byLine.get(option.value)?.summary}
      </Text>
    </div>
  );
  // What is whole needs no offers in the way.
  const found = byLine.has(line) ? [] : [...byLine.values()].filter((call) => isLike(call, line));
  return (
    <>
      <Autocomplete
        label="What is asked"
        description="A part of the path, or what it does, finds a call; or write one, as GET /api/folders/abc"
        placeholder="GET /api/folders"
        required
        value={line}
        onChange={onLine}
        data={found.slice(0, OFFERED).map((call) => call.line)}
        filter={({ options }) => options}
        renderOption={render}
        autoCapitalize="none"
        spellCheck={false}
        error={error ?? (calls.error === null ? undefined : problemOf(calls.error).title)}
      />
      {namesIn(line).length > 0 && (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {namesIn(line).map((name) => (
            <TextInput
              key={name}
              label={name}
              description={`In the path, in the place of {${name}}`}
              required
              value={values[name] ?? ''}
              onChange={(event) => onValues({ ...values, [name]: event.currentTarget.value })}
              autoCapitalize="none"
              spellCheck={false}
            />
          ))}
        </SimpleGrid>
      )}
    </>
  );
}
