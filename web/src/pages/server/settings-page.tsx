import { Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { type Answer, api } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { HowToChange } from './how-to-change.tsx';
import { SettingsTable } from './settings-table.tsx';

export type Setting = Answer<'/api/admin/settings/explained', 'get'>[number];

/** All settings in force, what they mean, and how they are changed, which is not here. */
export function SettingsPage() {
  const settings = api.useQuery('get', '/api/admin/settings/explained');
  return (
    <Loaded asked={settings} title="Settings">
      {(all) => <Shown settings={all} />}
    </Loaded>
  );
}

function Shown({ settings }: { settings: Setting[] }) {
  const { query, onSearch } = useListAddress();
  const [asked, setAsked] = useState<Setting>();
  const sections = Map.groupBy(
    settings.filter((setting) => isLike(setting, query)),
    ({ section }) => section,
  );
  return (
    <PageFrame
      title="Settings"
      about="What this server runs with. It reads its settings once, when it starts: they are changed in conf/latchkey.ini or by variables, and then it is started anew. Secrets are never shown."
    >
      <Group>
        <SearchBox label="Search settings" value={query} onSearch={onSearch} />
      </Group>
      {sections.size === 0 && (
        <EmptyState
          title={`No setting has “${query}” in its name or meaning`}
          advice="conf/sample.ini lists all of them, with what each may be."
        />
      )}
      {[...sections].map(([section, rows]) => (
        <Stack key={section} gap="sm" component="section" aria-label={section}>
          <Title order={2} ff="monospace">
            [{section}]
          </Title>
          <SettingsTable section={section} settings={rows} onAsk={setAsked} />
        </Stack>
      ))}
      <Text size="sm" c="dimmed" aria-live="polite">
        {[...sections.values()].flat().length} of {settings.length} settings
      </Text>
      {asked !== undefined && <HowToChange setting={asked} onClose={() => setAsked(undefined)} />}
    </PageFrame>
  );
}

function isLike({ section, key, meaning, variable }: Setting, query: string): boolean {
  const text = query.trim().toLowerCase();
  return [`${section}.${key}`, `[${section}] ${key}`, meaning, variable].some((part) =>
    part.toLowerCase().includes(text),
  );
}
