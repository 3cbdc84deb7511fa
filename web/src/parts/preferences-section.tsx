import { Select, Skeleton } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import type { Answer } from '../lib/api.ts';
import { tellDone } from '../lib/notify.ts';
import { DashboardSelect } from './dashboard-select.tsx';
import { FormSection } from './form-section.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { Section } from './section.tsx';

interface WantedPreferences {
  theme: string;
  homeDashboardUID: string;
  timezone: string;
  weekStart: string;
}

type Preferences = Answer<'/api/user/preferences', 'get'>;

interface Props {
  /** Whom they count for. */
  about: string;
  /** What was asked of the server. */
  asked: { data: Preferences | undefined; error: unknown; refetch(): unknown };
  mayChange?: boolean;
  save(wanted: WantedPreferences): Promise<unknown>;
}

const TITLE = 'Preferences';
const THEMES = [
  { value: '', label: 'Default' },
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
  { value: 'system', label: 'As the system has it' },
];
const WEEK_STARTS = [
  { value: '', label: 'Default' },
  { value: 'browser', label: 'As the browser has it' },
  { value: 'saturday', label: 'Saturday' },
  { value: 'sunday', label: 'Sunday' },
  { value: 'monday', label: 'Monday' },
];
const ZONES = [
  { value: '', label: 'Default' },
  { value: 'browser', label: 'Browser time' },
  { value: 'utc', label: 'Coordinated Universal Time (UTC)' },
  ...Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') })),
];

/** How pages look to somebody, to a team or in an organization. */
export function PreferencesSection({ asked, ...rest }: Props) {
  if (asked.data !== undefined) return <PreferencesForm preferences={asked.data} {...rest} />;
  return (
    <Section title={TITLE} about={rest.about}>
      {asked.error === null ? (
        <Skeleton height="20rem" maw="34rem" />
      ) : (
        <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />
      )}
    </Section>
  );
}

type FormProps = Omit<Props, 'asked'> & { preferences: Preferences };

function PreferencesForm({ about, preferences, mayChange = true, save }: FormProps) {
  const { theme, homeDashboardUID = '', timezone, weekStart } = preferences;
  const form = useForm({ initialValues: { theme, homeDashboardUID, timezone, weekStart } });
  const saving = useMutation({
    mutationFn: save,
    onSuccess: () => {
      tellDone('Preferences were saved');
      form.resetDirty();
    },
  });
  return (
    <FormSection
      title={TITLE}
      about={about}
      submit="Save preferences"
      mayChange={mayChange}
      isDirty={form.isDirty()}
      isBusy={saving.isPending}
      error={saving.error}
      onSubmit={form.onSubmit((wanted) => saving.mutate(wanted))}
    >
      <Select label="Interface theme" data={THEMES} {...form.getInputProps('theme')} />
      <DashboardSelect
        label="Home dashboard"
        uid={form.values.homeDashboardUID}
        onChange={(uid) => form.setFieldValue('homeDashboardUID', uid)}
      />
      <Select
        label="Time zone"
        data={withOwn(ZONES, timezone)}
        searchable
        nothingFoundMessage="No zone is called so"
        {...form.getInputProps('timezone')}
      />
      <Select label="Week start" data={WEEK_STARTS} {...form.getInputProps('weekStart')} />
    </FormSection>
  );
}

// The server takes more names of zones than a browser lists.
function withOwn(zones: typeof ZONES, own: string): typeof ZONES {
  return zones.some(({ value }) => value === own) ? zones : [...zones, { value: own, label: own }];
}
