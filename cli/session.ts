import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type { Credential } from '../client/client.ts';
import { usageFailure } from './failure.ts';
import { OWN_NAME } from './own-name.ts';

/** What `latchkey login` keeps for later commands. */
export interface SavedLogin {
  url: string;
  credential: Credential;
  orgId?: number | undefined;
}

/** The server itself, or its cloud side: each has an address and credentials of its own. */
export type Side = 'server' | 'cloud';

const FILES: Record<Side, string> = { server: 'credentials.json', cloud: 'cloud-credentials.json' };

/** Where the login is kept. */
export function savedLoginPath(side: Side = 'server'): string {
  const configured = process.env['XDG_CONFIG_HOME'] ?? '';
  // The XDG specification has relative paths ignored.
  const directory = isAbsolute(configured) ? configured : join(homedir(), '.config');
  return join(directory, 'latchkey', FILES[side]);
}

export function readSavedLogin(side: Side = 'server'): SavedLogin | undefined {
  const path = savedLoginPath(side);
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const login = parseLogin(text);
  if (login === undefined)
    throw usageFailure(
      `${path} is not what "latchkey ${loginOf(side)}" writes`,
      `Run "${OWN_NAME} ${loginOf(side)}" again.`,
    );
  return login;
}

/** Keeps a login where only this user can read it. */
export function saveLogin({ url, credential, orgId }: SavedLogin, side: Side = 'server'): string {
  const path = savedLoginPath(side);
  const temporary = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, `${JSON.stringify({ url, ...credential, orgId }, undefined, 2)}\n`, {
      mode: 0o600,
    });
    // A file left by a process of the same number would keep its own mode.
    chmodSync(temporary, 0o600);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw usageFailure(`the login cannot be saved: ${(error as Error).message}`);
  }
  return path;
}

/** Forgets the login. Says whether there was one. */
export function removeSavedLogin(side: Side = 'server'): boolean {
  try {
    rmSync(savedLoginPath(side));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw usageFailure(`the login cannot be removed: ${(error as Error).message}`);
  }
}

function loginOf(side: Side): string {
  return side === 'cloud' ? 'cloud login' : 'login';
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw usageFailure(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function parseLogin(text: string): SavedLogin | undefined {
  const { url, token, user, password, orgId } = parseObject(text);
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  const org = typeof orgId === 'number' ? orgId : undefined;
  if (typeof token === 'string') return { url, credential: { token }, orgId: org };
  if (typeof user !== 'string' || typeof password !== 'string') return undefined;
  return { url, credential: { user, password }, orgId: org };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // The caller says that the file is not ours.
    return {};
  }
}
