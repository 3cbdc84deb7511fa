import { SegmentedControl, SimpleGrid } from '@mantine/core';
import { useListAddress } from '../../lib/list-address.ts';
import { Section } from '../../parts/section.tsx';
import { RequestsByCredential } from './requests-by-credential.tsx';
import { RequestsOverTime } from './requests-over-time.tsx';
import { beginOf, PERIODS } from './spans.ts';

/** Who asks how much, and how it is answered. */
export function Requests() {
  const { search, onChange } = useListAddress();
  const [day] = PERIODS;
  const period = PERIODS.find(({ value }) => value === search.from) ?? day;
  const from = beginOf(period);
  return (
    <Section
      title="Requests"
      about="What was asked of the API in this organization, counted by the hour."
      actions={
        <SegmentedControl
          aria-label="How far back"
          value={period.value}
          onChange={(value) => onChange({ from: value === day.value ? '' : value })}
          data={PERIODS.map(({ value, title }) => ({ value, label: title }))}
        />
      }
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <RequestsOverTime period={period} from={from} />
        <RequestsByCredential period={period} from={from} />
      </SimpleGrid>
    </Section>
  );
}
