import { SegmentedControl } from '@mantine/core';
import { useListAddress } from '../lib/list-address.ts';
import { type Period, PERIODS } from '../lib/usage-periods.ts';

const [DAY] = PERIODS;

/** How far back the address says that requests are looked at. */
export function usePeriod(): Period {
  const { search } = useListAddress();
  return PERIODS.find(({ value }) => value === search.from) ?? DAY;
}

/** A choice of it. */
export function PeriodChoice() {
  const { onChange } = useListAddress();
  return (
    <SegmentedControl
      aria-label="How far back"
      value={usePeriod().value}
      onChange={(value) => onChange({ from: value === DAY.value ? '' : value })}
      data={PERIODS.map(({ value, title }) => ({ value, label: title }))}
    />
  );
}
