import type { As } from '../../../server/testing/world.ts';
import type { Kind } from '../../support/furnished.ts';

/** Who asks, in the order of the figures of a cell. The last one is an Admin of the organization, too. */
export const ASKERS = ['nobody', 'a Viewer', 'an Editor', 'an Admin', 'the server administrator'] as const;

/** What is answered, each as five statuses: `nobody Viewer Editor Admin server-administrator`. */
export interface Cells {
  /** For what is in one's own organization. */
  own: string;
  /** For what is in another one, by whatever name; where a route names nothing, when one asks to act in that other one. */
  other: string;
  /** For what is not there at all; where a route names nothing, when one asks to act in an organization that is not there. */
  missing: string;
  /** It is of the server: there is no own or other for its administrator, who alone learns which is missing. */
  isOfServer?: true;
  /** Whoever knows its name may see it, wherever it is. */
  isPublic?: true;
  /** What an Admin of the main organization gets of the server, on all that is there: 200 to read, 403 unless said. */
  mainAdmin?: number;
}

/**
 * A thing that the request names, for one parameter of the path after the other, and then for the body: its kind and, unless
 * that is the id, by what (`folder.uid`). With `+` it is made for this request alone where the request should succeed, since it
 * would be gone or changed. With `=` it is always of one's own organization, in all three cells.
 */
export type Name = `${'' | '='}${'' | '+'}${Kind}${'' | `.${string}`}`;

export interface Asker {
  as: As;
  login: string;
  email: string;
  password: string;
}

type Value = string | number;
type Body = object | ((values: Value[], asker: Asker) => object | Promise<object>);

/**
 * One route: `METHOD /path/:of/it`, a value behind `=` for a parameter that names nothing (`:version=1`), a query where there has
 * to be one, and a word behind ` # ` where a route has several rows.
 */
export type Row = readonly [route: string, expected: Cells, names?: readonly Name[], body?: Body];

// Whoever asks to act where they have no part is refused, and not told whether there is such an organization.
const NOT_THERE = '401 403 403 403 403';

/** Of a route that names nothing. */
const inOrg = (own: string): Cells => ({ own, other: NOT_THERE, missing: NOT_THERE });

/** Of a route that names something: another organization's is as if it were not there. */
export const oneOf = (own: string, missing: string): Cells => ({ own, other: missing, missing });

// A folder or dashboard that is not there can be read by all who can read at all: they are told that there is none.
export const EVERYBODY = {
  here: inOrg('401 200 200 200 200'),
  one: oneOf('401 200 200 200 200', '401 404 404 404 404'),
};
export const EDITORS = {
  here: inOrg('401 403 200 200 200'),
  one: oneOf('401 403 200 200 200', '401 403 403 404 404'),
};
export const ADMINS = {
  here: inOrg('401 403 403 200 200'),
  new: inOrg('401 403 403 201 201'),
  one: oneOf('401 403 403 200 200', '401 403 403 404 404'),
};
export const SERVER = {
  here: { ...inOrg('401 403 403 403 200'), isOfServer: true },
  one: {
    own: '401 403 403 403 200',
    other: '401 403 403 403 200',
    missing: '401 403 403 403 404',
    isOfServer: true,
  },
} as const satisfies Record<string, Cells>;
/** As SERVER, and the main organization's Admins may read it. */
export const SERVER_READ = {
  here: { ...SERVER.here, mainAdmin: 200 },
  one: { ...SERVER.one, mainAdmin: 200 },
} as const satisfies Record<string, Cells>;
/** Nobody is asked who they are. */
export const OPEN: Cells = {
  own: '200 200 200 200 200',
  other: '200 200 200 200 200',
  missing: '200 200 200 200 200',
};

let count = 0;

/** A name that nothing has yet. */
export const anew = (word = 'new'): string => `${word} ${++count}`;
