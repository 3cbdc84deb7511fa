import type { Run } from './table.ts';
export const breakPostgres: Run = async () => {};
