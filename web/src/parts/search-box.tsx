import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Search } from 'lucide-react';
import { useState } from 'react';

interface Props {
  /** What is searched, for screen readers and as a hint. */
  label: string;
  value: string;
  onSearch(query: string): void;
}

const PAUSE_MS = 250;

/** A field that searches a moment after the last letter. */
export function SearchBox({ label, value, onSearch }: Props) {
  const [{ text, base }, setTyped] = useState({ text: value, base: value });
  const search = useDebouncedCallback(onSearch, PAUSE_MS);
  // The address changed by other means, as by going back: what it says wins over what was typed.
  if (base !== value) setTyped({ text: base === text || value === text ? value : text, base: value });
  const change = (next: string): void => {
    setTyped({ text: next, base: value });
    search(next);
  };
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      leftSection={<Search size={16} aria-hidden />}
      rightSection={
        text !== '' && <CloseButton size="sm" aria-label="Clear the search" onClick={() => change('')} />
      }
      w={{ base: '100%', xs: 280 }}
    />
  );
}
