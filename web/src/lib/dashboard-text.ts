import { queryOptions } from '@tanstack/react-query';
import { laidOut, membersOf, objectText } from '../../../client/json-text.ts';
import { type Answer, client } from './api.ts';

/** A dashboard as the server keeps it: its JSON as text, number for number, since JavaScript cannot hold all of them. */
export interface DashboardText {
  meta: Answer<'/api/dashboards/uid/{uid}', 'get'>['meta'];
  text: string;
}

/** The dashboard with this uid. */
export const dashboardQuery = (uid: string) =>
  queryOptions({ queryKey: ['dashboard', uid], queryFn: () => readDashboard(uid) });

export async function readDashboard(uid: string): Promise<DashboardText> {
  const { data = '' } = await client.GET('/api/dashboards/uid/{uid}', {
    params: { path: { uid } },
    parseAs: 'text',
  });
  const members = membersOf(data);
  return { meta: JSON.parse(members.get('meta') ?? ''), text: laidOut(members.get('dashboard') ?? '') };
}

/** What a dashboard was in one of its versions. */
export async function readVersion(uid: string, version: number): Promise<string> {
  const { data = '' } = await client.GET('/api/dashboards/uid/{uid}/versions/{version}', {
    params: { path: { uid, version } },
    parseAs: 'text',
  });
  return laidOut(membersOf(data).get('data') ?? '');
}

interface Saving {
  text: string;
  folderUid?: string;
  message?: string;
  overwrite?: boolean;
}

/** Saves a dashboard, whose version in its JSON says on what it is based. */
export async function saveDashboard({ text, ...rest }: Saving) {
  const { data } = await client.POST('/api/dashboards/db', {
    body: { ...rest, dashboard: {} },
    bodySerializer: (body) => withDashboard(body, text),
  });
  return data as Answer<'/api/dashboards/db', 'post'>;
}

interface Importing extends Saving {
  inputs: { name: string; type: string; value: string }[];
}

/** Saves a dashboard that was exported, with what it left open. */
export async function importDashboard({ text, ...rest }: Importing) {
  const { data } = await client.POST('/api/dashboards/import', {
    body: { ...rest, dashboard: {} },
    bodySerializer: (body) => withDashboard(body, text),
  });
  return data as Answer<'/api/dashboards/import', 'post'>;
}

/** The JSON as that of the version that follows whatever is the newest now: it was seen, and is to be replaced. */
export async function asNextVersion(uid: string, text: string): Promise<string> {
  const { meta } = await readDashboard(uid);
  return withMember(text, 'version', meta.version);
}

/** A JSON that names no version, as one that was exported, as a change of the version that it takes the place of. */
export function basedOn(saved: string, text: string): string {
  const version = membersOf(saved).get('version');
  return version === undefined || membersOf(text).has('version')
    ? text
    : withMember(text, 'version', JSON.parse(version));
}

/** The same JSON with another value of one member. */
export function withMember(text: string, name: string, value: unknown): string {
  return laidOut(objectText(membersOf(text).set(name, JSON.stringify(value))));
}

/** The same JSON without one member. */
export function withoutMember(text: string, name: string): string {
  const members = membersOf(text);
  members.delete(name);
  return laidOut(objectText(members));
}

function withDashboard(body: object, text: string): string {
  return objectText(membersOf(JSON.stringify(body)).set('dashboard', text));
}
