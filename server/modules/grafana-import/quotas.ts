import { insertQuotas } from './extras.store.ts';
import { orgsOf, peopleOf } from './refs.ts';
import { integerOf, refOf, textOf } from './rows.ts';
import { idOf, NOTHING_TO_PREPARE, type Stage } from './run.ts';

const KIND = 'quota';
const OF_ORG = new Set(['org_user', 'dashboard', 'data_source', 'api_key', 'service_account']);
const OF_USER = new Set(['org_user']);

/** Limits of single organizations and users. */
export const QUOTAS: Stage<undefined> = {
  table: 'quota',
  ledger: 'quota',
  columns: ['org_id', 'user_id', 'target', 'limit'],
  batch: 200,
  kindOf: () => KIND,
  prepare: NOTHING_TO_PREPARE,
  async bring(run, rows, tally) {
    const { context } = run;
    const orgs = await orgsOf(run, rows);
    const people = await peopleOf(
      run,
      rows.map((row) => refOf(row, 'user_id')),
    );
    const quotas = rows.flatMap((row) => {
      const [rowId, target, most] = [idOf(row), textOf(row, 'target'), integerOf(row, 'limit')];
      const ofUser = refOf(row, 'user_id') > 0;
      const person = people.get(refOf(row, 'user_id'));
      const owner = ofUser
        ? { user_id: person?.kind === 'user' ? person.id : null, org_id: null }
        : { user_id: null, org_id: orgs.get(refOf(row, 'org_id')) ?? null };
      const name = `${target} of ${ofUser ? `user ${refOf(row, 'user_id')}` : `organization ${refOf(row, 'org_id')}`}`;
      const fault = !(ofUser ? OF_USER : OF_ORG).has(target)
        ? 'there is no such limit here'
        : most === undefined || most < -1
          ? 'its limit is no number that a limit can be'
          : owner.user_id === null && owner.org_id === null
            ? 'whose it is did not come'
            : undefined;
      if (fault !== undefined || most === undefined) {
        tally.skip(KIND, { id: rowId, name }, fault ?? '');
        return [];
      }
      const key = owner.user_id === null ? `org:${owner.org_id}` : `user:${owner.user_id}`;
      return [{ rowId, owner: key, ...owner, target, most, updated_at: context.now() }];
    });
    await insertQuotas(
      context.db,
      quotas.map(({ rowId: _rowId, ...quota }) => quota),
    );
    tally.add(KIND, 'brought', quotas.length);
    return new Map(quotas.map(({ rowId, org_id, user_id }) => [rowId, org_id ?? user_id ?? 0]));
  },
};
