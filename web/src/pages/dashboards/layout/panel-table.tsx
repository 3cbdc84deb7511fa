import { type Column, DataTable } from '../../../parts/data-table.tsx';
import type { Band, Panel } from './panels.ts';

type Listed = Panel & { key: string; row: string };

const COLUMNS: Column<Listed>[] = [
  { title: 'Title', render: ({ title }) => title },
  { title: 'Type', render: ({ type }) => type },
  { title: 'Row', from: 'sm', render: ({ row }) => row },
  { title: 'Column, line', from: 'xs', render: ({ x, y }) => `${x + 1}, ${y + 1}` },
  { title: 'Size', render: ({ width, height }) => `${width} × ${height}` },
  {
    title: 'Data source',
    from: 'md',
    render: ({ dataSource }) => (dataSource === '' ? 'the default one' : dataSource),
  },
  { title: 'Repeated for', from: 'md', render: ({ repeat }) => repeat },
];

/** The panels of a dashboard one below the other. */
export function PanelTable({ bands }: { bands: readonly Band[] }) {
  const rows = bands.flatMap(({ title = '', panels }, band) =>
    panels.map((panel, at) => ({ ...panel, row: title, key: `${band} ${at}` })),
  );
  return (
    <DataTable label="panels" columns={COLUMNS} rows={rows} keyOf={({ key }) => key} empty="No panels" />
  );
}
