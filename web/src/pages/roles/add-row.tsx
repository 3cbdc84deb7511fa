import { Autocomplete, Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { actionWords, scopeWords } from './action-words.ts';
import type { Permission } from './permission-columns.tsx';
import { useKnownActions } from './known-actions.ts';

interface Props {
  isThere(permission: Permission): boolean;
  onAdd(permission: Permission): void;
}

const MOST_SHOWN = 50;

/** Fields for one more permission, with the actions and scopes that the server knows. */
export function AddRow({ isThere, onAdd }: Props) {
  const [{ action, scope }, setRow] = useState<Permission>({ action: '', scope: '' });
  const [problem, setProblem] = useState<string>();
  const { scopesOf, actions, isHeld } = useKnownActions();
  const change = (next: Partial<Permission>): void => {
    setProblem(undefined);
    setRow((row) => ({ ...row, ...next }));
  };
  const choose = (chosen: string): void => {
    const [only, ...others] = scopesOf(chosen);
    change({ action: chosen, ...(only !== undefined && others.length === 0 ? { scope: only } : {}) });
  };
  const add = (): void => {
    const row = { action: action.trim(), scope: scope.trim() };
    if (row.action === '') setProblem('Choose an action');
    else if (isThere(row)) setProblem('The role has this already');
    else {
      onAdd(row);
      change({ action: '', scope: '' });
    }
  };
  return (
    <Group align="flex-start" gap="sm">
      <Autocomplete
        label="Action"
        placeholder="dashboards:read"
        flex="1 1 14rem"
        data={actions}
        limit={MOST_SHOWN}
        value={action}
        onChange={choose}
        error={problem}
        renderOption={({ option: { value } }) => (
          <Suggestion
            text={value}
            about={actionWords(value) + (isHeld(value) ? '' : '; you do not hold it')}
          />
        )}
      />
      <Autocomplete
        label="Scope"
        placeholder="Left empty where an action needs none"
        flex="1 1 14rem"
        data={scopesOf(action.trim())}
        value={scope}
        onChange={(next) => change({ scope: next })}
        renderOption={({ option: { value } }) => <Suggestion text={value} about={scopeWords(value)} />}
      />
      <Button variant="default" mt="lg" onClick={add}>
        Add permission
      </Button>
    </Group>
  );
}

function Suggestion({ text, about }: { text: string; about: string }) {
  return (
    <div>
      <Text size="sm" ff="monospace">
        {text}
      </Text>
      <Text size="xs" c="dimmed">
        {about}
      </Text>
    </div>
  );
}
