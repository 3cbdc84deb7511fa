type Units = ReadonlyMap<string, { readonly milliseconds: number; readonly name: string }>;

const second = 1000;
const day = 24 * 60 * 60 * second;
const longest = 1000 * 365 * day;

const lifeUnits: Units = new Map([
  ['s', { milliseconds: second, name: 'seconds' }],
  ['m', { milliseconds: 60 * second, name: 'minutes' }],
  ['h', { milliseconds: 60 * 60 * second, name: 'hours' }],
  ['d', { milliseconds: day, name: 'days' }],
  ['w', { milliseconds: 7 * day, name: 'weeks' }],
  ['M', { milliseconds: 30 * day, name: 'months of 30 days' }],
]);

const settingUnits: Units = new Map([
  ...lifeUnits,
  ['y', { milliseconds: 365 * day, name: 'years of 365 days' }],
]);

/** The units of a key's life in words, for help texts. */
export const lifeUnitsText = unitsText(lifeUnits);

/** All units in words, years included. */
export const settingUnitsText = unitsText(settingUnits);

/** Milliseconds of a life such as `12h` or `1M`; throws an error that lists the units. */
export function parseDuration(text: string): number {
  const milliseconds = measure(text, lifeUnits);
  if (milliseconds === undefined || milliseconds === 0) {
    throw new Error(
      `${JSON.stringify(text.slice(0, 40))} is no duration. Write a whole number from 1 and one unit, as in 12h: ` +
        `${lifeUnitsText}. The longest is 1000 years.`,
    );
  }
  return milliseconds;
}

/** Milliseconds of a duration in the configuration or of a dashboard, years and zero included; undefined when it is none. */
export function parseSettingDuration(text: string): number | undefined {
  return measure(text, settingUnits);
}

function measure(text: string, units: Units): number | undefined {
  const [, digits, letter] = /^(\d{1,15})([A-Za-z])$/.exec(text) ?? [];
  const unit = units.get(letter ?? '');
  if (digits === undefined || unit === undefined) return undefined;
  const milliseconds = Number(digits) * unit.milliseconds;
  return milliseconds <= longest ? milliseconds : undefined;
}

function unitsText(units: Units): string {
  const parts = [...units].map(([letter, { name }]) => `${letter} (${name})`);
  return `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`;
}
