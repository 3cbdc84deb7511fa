/** How many columns a dashboard has. */
export const COLUMNS = 24;

/** One panel in its place, counted in columns and rows of the grid. */
export interface Panel {
  title: string;
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  /** The uid, name or variable of its data source; '' for the default one. */
  dataSource: string;
  /** The variable that it is repeated for; '' for none. */
  repeat: string;
}

/** The panels below one row, or above the first. */
export interface Band {
  /** Undefined for what lies in no row. */
  title: string | undefined;
  isCollapsed: boolean;
  panels: Panel[];
}

type Json = Record<string, unknown>;

// What Grafana takes where a panel does not say it.
const USUAL = { x: 0, y: 0, w: 6, h: 3 };
const UNTITLED_ROW = 'Row without a title';
const TALLEST = 60;
const OLD_COLUMNS = 12;
const OLD_SPAN = 4;
const OLD_HEIGHT = 250;
const OLD_LEAST_HEIGHT = 90;
const PIXELS_A_ROW = 38;

/** Where the panels of a dashboard lie, in the form of today or in that of old. What is not as it should be counts as usual. */
export function bandsOf(dashboard: unknown): Band[] {
  const { panels, rows } = objectOf(dashboard);
  const list = objectsIn(panels);
  if (list.length > 0) return bandsOfPanels(list);
  return objectsIn(rows).map(bandOfRow);
}

function bandsOfPanels(panels: Json[]): Band[] {
  const bands: Band[] = [{ title: undefined, isCollapsed: false, panels: [] }];
  for (const panel of inOrder(panels)) {
    if (panel['type'] === 'row') {
      const within = inOrder(objectsIn(panel['panels'])).map(placed);
      bands.push({
        title: titleOf(panel, UNTITLED_ROW),
        isCollapsed: panel['collapsed'] === true,
        panels: within,
      });
    } else bands.at(-1)?.panels.push(placed(panel));
  }
  return bands
    .filter(({ title, panels: found }) => title !== undefined || found.length > 0)
    .map((band) => ({ ...band, panels: movedUp(band.panels) }));
}

function bandOfRow(row: Json): Band {
  const height = Math.max(pixelsOf(row['height']), OLD_LEAST_HEIGHT);
  const panels: Panel[] = [];
  let x = 0;
  let y = 0;
  for (const panel of objectsIn(row['panels'])) {
    const span = Math.min(Math.max(1, Math.floor(numberOf(panel['span'], OLD_SPAN))), OLD_COLUMNS);
    const width = (span * COLUMNS) / OLD_COLUMNS;
    if (x + width > COLUMNS) [x, y] = [0, y + 1];
    panels.push({
      ...factsOf(panel),
      x,
      y,
      width,
      height: clamp(Math.ceil(height / PIXELS_A_ROW), 1, TALLEST),
    });
    x += width;
  }
  return {
    title: titleOf(row, UNTITLED_ROW),
    isCollapsed: row['collapse'] === true,
    panels: movedUp(panels),
  };
}

function placed(panel: Json): Panel {
  const at = gridPosOf(panel);
  const x = clamp(at.x, 0, COLUMNS - 1);
  const width = clamp(at.w, 1, COLUMNS - x);
  return { ...factsOf(panel), x, y: at.y, width, height: clamp(at.h, 1, TALLEST) };
}

/** The panels without the empty space above them, as Grafana draws them: none is left where nobody would find it. */
function movedUp(panels: readonly Panel[]): Panel[] {
  const filled = Array.from({ length: COLUMNS }, () => 0);
  return panels.map((panel) => {
    const { x, width, height } = panel;
    const y = Math.max(...filled.slice(x, x + width));
    filled.fill(y + height, x, x + width);
    return { ...panel, y };
  });
}

function inOrder(panels: Json[]): Json[] {
  const placeOf = new Map(panels.map((panel) => [panel, gridPosOf(panel)]));
  const place = (panel: Json) => placeOf.get(panel) ?? USUAL;
  return panels.toSorted((one, other) => place(one).y - place(other).y || place(one).x - place(other).x);
}

function gridPosOf(panel: Json): typeof USUAL {
  const { x, y, w, h } = objectOf(panel['gridPos']);
  return {
    x: Math.floor(numberOf(x, USUAL.x)),
    y: Math.floor(numberOf(y, USUAL.y)),
    w: Math.floor(numberOf(w, USUAL.w)),
    h: Math.floor(numberOf(h, USUAL.h)),
  };
}

function factsOf(panel: Json): Pick<Panel, 'title' | 'type' | 'dataSource' | 'repeat'> {
  const library = objectOf(panel['libraryPanel']);
  return {
    title: titleOf(panel, textOf(library['name']) || 'Panel without a title'),
    type: textOf(panel['type']) || (textOf(library['uid']) === '' ? 'unknown type' : 'library panel'),
    dataSource: textOf(panel['datasource']) || textOf(objectOf(panel['datasource'])['uid']),
    repeat: textOf(panel['repeat']),
  };
}

function titleOf(thing: Json, otherwise: string): string {
  return textOf(thing['title']).trim() || otherwise;
}

function pixelsOf(height: unknown): number {
  const pixels = typeof height === 'string' ? Number.parseFloat(height) : height;
  return numberOf(pixels, OLD_HEIGHT);
}

function objectsIn(list: unknown): Json[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: unknown, usual: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : usual;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
