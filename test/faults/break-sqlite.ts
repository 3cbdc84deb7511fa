import type { Run } from './table.ts';
export const breakSqlite: Run = async () => {};
