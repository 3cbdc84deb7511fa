import '@mantine/charts/styles.css';
// Of the legend, which nothing else has.
import '@mantine/core/styles/ColorSwatch.css';
import { BarChart } from '@mantine/charts';
import { type Counts, statusesIn } from '../../lib/statuses.ts';

const LONGEST_NAME = 18;

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
      yAxisProps={isLying ? { width: 130, tickFormatter: shortened } : { allowDecimals: false }}
      barChartProps={{ accessibilityLayer: false }}
      barProps={{ isAnimationActive: false, stroke: 'var(--mantine-color-body)', strokeWidth: 1 }}
      maxBarWidth={28}
    />
  );
}

// What has no room beside a bar is told whole by the bar itself and by the table.
function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}
