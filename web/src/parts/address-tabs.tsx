import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { useListAddress } from '../lib/list-address.ts';

interface Props {
  /** The first one is shown where the address names none. */
  tabs: { value: string; title: ReactNode; content: ReactNode }[];
}

/** Tabs that the address remembers, so that a link and a reload lead to the same one. */
export function AddressTabs({ tabs }: Props) {
  const { search, onChange } = useListAddress();
  const first = tabs[0]?.value ?? '';
  const shown = tabs.find(({ value }) => value === search.tab)?.value ?? first;
  const choose = (tab: string | null): void =>
    onChange({ tab: tab === null || tab === first ? '' : tab, query: '' });
  return (
    <Tabs value={shown} onChange={choose}>
      <Tabs.List>
        {tabs.map(({ value, title }) => (
          <Tabs.Tab key={value} value={value}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(({ value, content }) => (
        <Tabs.Panel key={value} value={value} pt="md">
          {content}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
