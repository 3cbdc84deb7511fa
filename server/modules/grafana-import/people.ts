import type { Row } from '../../sources/source.ts';
import { bringAccounts } from './accounts.ts';
import { type Place, placesOf } from './places.ts';
import type { Kind } from './report.ts';
import { flagOf } from './rows.ts';
import { idOf, type Stage } from './run.ts';
import { bringUsers } from './users.ts';

const COLUMNS = [
  'login',
  'email',
  'name',
  'password',
  'salt',
  'org_id',
  'is_admin',
  'theme',
  'created',
  'updated',
  'last_seen_at',
  'is_disabled',
  'is_service_account',
];

/** Users and service accounts, which are one table in Grafana and share their ids here too. */
export const PEOPLE: Stage<ReadonlyMap<number, Place>> = {
  table: 'user',
  ledger: 'user',
  columns: COLUMNS,
  batch: 200,
  kindOf,
  prepare: ({ source }, rows) => placesOf(source, rows.filter(isAccount).map(idOf)),
  async bring(run, rows, tally, places) {
    const accounts = await bringAccounts(run, rows.filter(isAccount), tally, places);
    const users = await bringUsers(
      run,
      rows.filter((row) => !isAccount(row)),
      tally,
    );
    return new Map([...accounts, ...users]);
  },
};

function isAccount(row: Row): boolean {
  return flagOf(row, 'is_service_account') === 1;
}

function kindOf(row: Row): Kind {
  return isAccount(row) ? 'service account' : 'user';
}
