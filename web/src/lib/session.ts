import { useSuspenseQuery } from '@tanstack/react-query';
import { actIn, type Answer, api, client, SERVER_URL } from './api.ts';
import { queryClient, waitsOutLimit } from './query-client.ts';

export type Session = Answer<'/bootdata', 'get'>;

/** Who is signed in, where, and what they may do; `user.isSignedIn` is false for nobody. */
export const sessionQuery = api.queryOptions(
  'get',
  '/bootdata',
  {},
  { staleTime: Infinity, retry: waitsOutLimit },
);

/** The session of a page that only who has signed in gets to see. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

/** Whether whoever is signed in holds an action somewhere. For showing and hiding only: the server decides. */
export function useMay(): (action: string) => boolean {
  const { user } = useSession();
  return (action) => user.permissions[action] === true;
}

/** The same for what roles give in the organization that is acted in, on all there is of a kind. */
export function useMayInOrg(): (action: string) => boolean {
  const { settings } = useSession();
  return (action) => settings.latchkey.orgActions[action] === true;
}

/** The same for what reaches beyond one organization, which no role in one gives. */
export function useMayOnServer(): (action: string) => boolean {
  const { settings } = useSession();
  return (action) => settings.latchkey.serverActions[action] === true;
}

/** Asks the server anew who is signed in, and stays in the organization that it says. */
export async function loadSession(): Promise<Session> {
  const session = await queryClient.ensureQueryData(sessionQuery);
  actIn(session.user.isSignedIn ? session.user.orgId : undefined);
  return session;
}

/** Forgets everything that was asked for, so that nobody sees what another was shown. */
export function forgetAll(): void {
  actIn(undefined);
  queryClient.clear();
}

/** Signs in; throws an ApiFailure when the name or the password is wrong. */
export async function signIn(user: string, password: string): Promise<void> {
  await client.POST('/login', { body: { user, password } });
}

/** Asks who has signed in again, and has the page go on; true when it is somebody else, who must not see what is on it. */
export async function resumeSession(): Promise<boolean> {
  const before = queryClient.getQueryData<Session>(sessionQuery.queryKey);
  const { user } = await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 });
  return user.id !== before?.user.id;
}

export async function signOut(): Promise<void> {
  await client.POST('/logout');
  forgetAll();
}

/** Chooses the organization to act in, here and wherever this person signs in next. */
export async function switchOrg(orgId: number): Promise<void> {
  await client.POST('/api/user/using/{orgId}', { params: { path: { orgId } } });
  startOver();
}

/**
 * Loads the start page anew: what is shown and known here is of an organization that one has left. Where something is not saved
 * the browser asks first; whoever stays then stays in that organization, since each request names it.
 */
export function startOver(): void {
  window.location.assign(`${SERVER_URL}/`);
}
