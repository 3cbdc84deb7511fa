import { expect, test } from 'vitest';
import { bandsOf } from './panels.ts';

const panel = (title: string, x: number, y: number, w: number, h: number) => ({
  title,
  type: 'stat',
  gridPos: { x, y, w, h },
});

/** Titles with their places, which is what a test tells of a panel. */
function drawn(dashboard: unknown) {
  return bandsOf(dashboard).map(({ title, isCollapsed, panels }) => ({
    row: title,
    isCollapsed,
    panels: panels.map((found) => `${found.title} ${found.x},${found.y} ${found.width}x${found.height}`),
  }));
}

test('panels lie where gridPos says, without empty space above them', () => {
  const panels = [panel('low', 0, 40, 12, 4), panel('left', 0, 0, 12, 8), panel('right', 12, 0, 12, 6)];
  expect(drawn({ panels })).toEqual([
    { row: undefined, isCollapsed: false, panels: ['left 0,0 12x8', 'right 12,0 12x6', 'low 0,8 12x4'] },
  ]);
});

test('what follows a row is in it, and a collapsed row keeps its panels in itself', () => {
  const panels = [
    panel('top', 0, 0, 24, 2),
    { type: 'row', title: 'Open', collapsed: false, panels: [], gridPos: { x: 0, y: 2, w: 24, h: 1 } },
    panel('in open', 0, 3, 6, 3),
    {
      type: 'row',
      title: 'Shut',
      collapsed: true,
      panels: [panel('in shut', 6, 9, 6, 3)],
      gridPos: { x: 0, y: 6, w: 24, h: 1 },
    },
  ];
  expect(drawn({ panels })).toEqual([
    { row: undefined, isCollapsed: false, panels: ['top 0,0 24x2'] },
    { row: 'Open', isCollapsed: false, panels: ['in open 0,0 6x3'] },
    { row: 'Shut', isCollapsed: true, panels: ['in shut 6,0 6x3'] },
  ]);
});

test('rows of old dashboards are drawn from spans and heights, and go on below where they are full', () => {
  const rows = [
    {
      title: 'Load',
      height: '250px',
      panels: [
        { title: 'a', span: 8 },
        { title: 'b', span: 4 },
        { title: 'c', span: 6 },
      ],
    },
    { height: 100, collapse: true, panels: [{ title: 'd' }] },
    {},
  ];
  expect(drawn({ rows })).toEqual([
    { row: 'Load', isCollapsed: false, panels: ['a 0,0 16x7', 'b 16,0 8x7', 'c 0,7 12x7'] },
    { row: 'Row without a title', isCollapsed: true, panels: ['d 0,0 8x3'] },
    { row: 'Row without a title', isCollapsed: false, panels: [] },
  ]);
});

test.each([
  ['no object', [1, 'x', null]],
  ['a place beyond the grid', [{ title: 'p', gridPos: { x: 1e9, y: 1e300, w: -4, h: 1e9 } }]],
  ['no numbers', [{ title: {}, type: 7, gridPos: { x: 'a', y: null, w: [], h: Number.NaN } }]],
])('a panel with %s is drawn within the grid or not at all', (_, panels) => {
  for (const { panels: found } of bandsOf({ panels })) {
    for (const { x, y, width, height } of found) {
      expect(x + width).toBeLessThanOrEqual(24);
      expect(Math.min(x, y, width - 1, height - 1)).toBeGreaterThanOrEqual(0);
      expect(y + height).toBeLessThan(100);
    }
  }
});
