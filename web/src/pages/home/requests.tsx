import { SimpleGrid } from '@mantine/core';
import { beginOf } from '../../lib/usage-periods.ts';
import { PeriodChoice, usePeriod } from '../../parts/period-choice.tsx';
import { Section } from '../../parts/section.tsx';
import { RequestsByCredential } from './requests-by-credential.tsx';
import { RequestsOverTime } from './requests-over-time.tsx';

/** Who asks how much, and how it is answered. */
export function Requests() {
  const period = usePeriod();
  const from = beginOf(period);
  return (
    <Section
      title="Requests"
      about="What was asked of the API in this organization, counted by the hour."
      actions={<PeriodChoice />}
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <RequestsOverTime period={period} from={from} />
        <RequestsByCredential period={period} from={from} />
      </SimpleGrid>
    </Section>
  );
}
