import { ADMIN, type World } from '../../server/testing/world.ts';

export interface Given {
  method: string;
  /** The pattern of the route's path. */
  route: string;
  status: number;
}

/** Which statuses each operation has answered so far, whoever asked, as the server's own metrics count them. */
export async function answersGiven(world: World): Promise<Given[]> {
  const { body } = await world.send(ADMIN, 'GET', '/metrics');
  const series = String(body).matchAll(
    /^http_requests_total\{method="(\w+)",route="([^"]+)",status="(\d+)"\}/gm,
  );
  return [...series].map(([, method = '', route = '', status]) => ({
    method,
    route,
    status: Number(status),
  }));
}
