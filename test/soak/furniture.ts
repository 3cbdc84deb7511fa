import { strict as assert } from 'node:assert';
import type { Client } from './client.ts';
import { type Asker, ORGS } from './crowd.ts';

export const DASHBOARDS = 20;
export const FOLDER = 'folder';
const PEOPLE = 20;
const ADMIN = `Basic ${btoa('admin:admin')}`;

export interface Person {
  id: number;
  login: string;
  password: string;
  authorization: string;
}

/** Gives each organization a folder, dashboards that stay as they are and a data source, and the server some people. */
export async function furnish(client: Client, crowd: readonly Asker[]): Promise<Person[]> {
  for (let orgId = 1; orgId <= ORGS; orgId++) {
    const admin = crowd.find((asker) => asker.orgId === orgId && asker.role === 'Admin');
    const post = (path: string, body: unknown) => made(client, admin?.authorization, path, body);
    const folderUid = `o${orgId}-${FOLDER}`;
    await post('/api/folders', { uid: folderUid, title: 'The folder' });
    await post('/api/datasources', { uid: `o${orgId}-source`, name: 'The source', type: 'prometheus' });
    for (let at = 0; at < DASHBOARDS; at++) {
      const uid = `o${orgId}-kept-${at}`;
      await post('/api/dashboards/db', { dashboard: { uid, title: uid }, folderUid });
    }
  }
  return Promise.all(Array.from({ length: PEOPLE }, (_, at) => person(client, at)));
}

async function person(client: Client, at: number): Promise<Person> {
  const [login, password] = [`person-${at}`, `password of ${at}`];
  const body = { login, name: login, email: `${login}@example.org`, password, OrgId: (at % ORGS) + 1 };
  const { id } = await made(client, ADMIN, '/api/admin/users', body);
  return { id, login, password, authorization: `Basic ${btoa(`${login}:${password}`)}` };
}

async function made(client: Client, authorization = '', path: string, body: unknown) {
  const answer = await client.send('POST', path, { authorization, body });
  assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
