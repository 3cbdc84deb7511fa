import { Checkbox, Progress as Bar, Stack, Text } from '@mantine/core';
import type { KeyMigrationStatus } from '../../../../client/shapes.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { counted } from './counted.ts';
import type { Progress, useMigration } from './migration.ts';

interface Props {
  status: KeyMigrationStatus;
  migration: ReturnType<typeof useMigration>;
  onDone(end: Progress): void;
  onClose(): void;
}

/** Asks before all keys are moved, shows how far it is, and goes on where it stopped. */
export function MigrationDialog({ status, migration, onDone, onClose }: Props) {
  const { progress, how, choose, isRunning, error, start, stop } = migration;
  const hasBegun = isRunning || (progress.keys.length > 0 && progress.next !== undefined);
  const close = (): void => {
    stop();
    onClose();
  };
  return (
    <ConfirmDialog
      title="Migrate all API keys to service accounts?"
      confirm={error === null ? 'Yes, migrate now' : 'Go on'}
      isDangerous={false}
      isBusy={isRunning}
      error={error}
      onConfirm={() => start(onDone)}
      onClose={close}
    >
      {hasBegun ? (
        <HowFar progress={progress} total={status.remaining + status.moved} />
      ) : (
        <Stack gap="sm">
          <Text size="sm">
            The API keys of this organization, {status.remaining.toLocaleString('en')} in all, become tokens
            of service accounts. Secrets, roles and expiry dates stay as they are, so whatever uses them goes
            on working.
          </Text>
          <Text size="sm">
            Afterwards <strong>nobody can create API keys here any more</strong>; tokens of service accounts
            take their place.
          </Text>
          <Checkbox
            label="One service account for all keys of a role, instead of one for each key"
            checked={how.groupByRole}
            onChange={(event) => choose({ ...how, groupByRole: event.currentTarget.checked })}
          />
          <Checkbox
            label="Migrate expired keys as well"
            description="They give no access any more, and stay behind otherwise"
            checked={how.includeExpired}
            onChange={(event) => choose({ ...how, includeExpired: event.currentTarget.checked })}
          />
        </Stack>
      )}
    </ConfirmDialog>
  );
}

function HowFar({ progress, total }: { progress: Progress; total: number }) {
  const done = Math.min(progress.keys.length, total);
  const moved = progress.keys.filter(({ outcome }) => outcome === 'moved').length;
  return (
    <Stack gap="sm">
      <Bar
        value={total === 0 ? 100 : (100 * done) / total}
        aria-label="Keys that were looked at"
        transitionDuration={200}
      />
      <Text size="sm" aria-live="polite">
        {done.toLocaleString('en')} of {counted(total, 'key')} looked at, {moved.toLocaleString('en')} moved.
      </Text>
      <Text size="sm" c="dimmed">
        You may stop at any time. What has moved stays moved, every secret goes on working, and the next run
        goes on from there.
      </Text>
    </Stack>
  );
}
