import { Group } from '@mantine/core';
import { StateTag } from '../../parts/state-tag.tsx';

interface Props {
  account: { isDisabled: boolean; isGrafanaAdmin: boolean };
}

/** Whether an account works, and whether it administers the server. */
export function AccountTags({ account: { isDisabled, isGrafanaAdmin } }: Props) {
  return (
    <Group gap="xs" wrap="nowrap">
      {isDisabled ? <StateTag tone="warning">Disabled</StateTag> : <StateTag tone="good">Enabled</StateTag>}
      {isGrafanaAdmin && <StateTag tone="accent">Server administrator</StateTag>}
    </Group>
  );
}
