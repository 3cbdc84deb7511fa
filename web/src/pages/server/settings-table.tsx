import { Box, Button, Text } from '@mantine/core';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import type { Setting } from './settings-page.tsx';

interface Props {
  section: string;
  settings: Setting[];
  onAsk(setting: Setting): void;
}

/** The settings of one section. */
export function SettingsTable({ section, settings, onAsk }: Props) {
  return (
    <DataTable
      label={`settings of ${section}`}
      columns={columnsOf(onAsk)}
      rows={settings}
      keyOf={({ key }) => key}
      empty="No settings"
    />
  );
}

function columnsOf(onAsk: (setting: Setting) => void): Column<Setting>[] {
  return [
    {
      title: 'Setting',
      render: (setting) => (
        <>
          <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
            {setting.key}
          </Text>
          <Text size="xs" c="dimmed">
            {setting.meaning}
          </Text>
          <Box hiddenFrom="sm" mt="xs">
            <Value setting={setting} />
          </Box>
        </>
      ),
    },
    { title: 'Value', from: 'sm', width: '35%', render: (setting) => <Value setting={setting} /> },
    {
      title: 'How to change it',
      isTitleHidden: true,
      align: 'right',
      width: 130,
      render: (setting) => (
        <Button variant="subtle" aria-label={`How to change ${setting.key}`} onClick={() => onAsk(setting)}>
          How to change
        </Button>
      ),
    },
  ];
}

function Value({ setting: { value, isSecret } }: { setting: Setting }) {
  if (value === '')
    return (
      <Text span inherit c="dimmed">
        Not set
      </Text>
    );
  if (isSecret)
    return (
      <Text span inherit c="dimmed">
        Set, not shown
      </Text>
    );
  return (
    <Text span ff="monospace" fz="sm" style={{ overflowWrap: 'anywhere' }}>
      {value}
    </Text>
  );
}
