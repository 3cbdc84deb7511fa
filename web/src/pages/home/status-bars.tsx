import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { type Counts, statusesIn } from './statuses.ts';

interface Props {
  rows: { title: string; counts: Counts }[];
  /** Bars that lie, for names that are long. */
  isLying?: boolean;
  height: string;
}

/** How many requests were answered how, as bars; the table in its place has the figures. */
export function StatusBars({ rows, isLying = false, height }: Props) {
  const shown = statusesIn(rows.map(({ counts }) => counts));
  return (
    <BarChart
      h={height}
      type="stacked"
      data={rows.map(({ title, counts }) => ({ title, ...counts }))}
      dataKey="title"
      series={shown.map(({ name, label, color }) => ({ name, label, color }))}
      orientation={isLying ? 'vertical' : 'horizontal'}
      gridAxis={isLying ? 'y' : 'x'}
      tickLine="none"
      withLegend
      legendProps={{ verticalAlign: 'bottom' }}
      valueFormatter={(value) => value.toLocaleString('en')}
      xAxisProps={isLying ? { allowDecimals: false } : { minTickGap: 24 }}
      yAxisProps={isLying ? { width: 130 } : { allowDecimals: false }}
      barChartProps={{ accessibilityLayer: false }}
      barProps={{ isAnimationActive: false }}
      maxBarWidth={28}
    />
  );
}
