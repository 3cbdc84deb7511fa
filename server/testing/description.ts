import type { CloudRoute } from '../cloud/http/guard.ts';
import { describeCloud } from '../cloud/http/openapi.ts';
import type { GuardedRoute } from '../http/request.ts';
import { describeApi } from '../http/openapi.ts';
import { VERSION } from '../http/version.ts';

/** The description of the API as the file client/openapi.json has it. */
export function writtenDescription(routes: readonly GuardedRoute[]): string {
  return `${JSON.stringify(describeApi(routes, VERSION), undefined, 1)}\n`;
}

/** The description of the cloud side as the file client/cloud-openapi.json has it. */
export function writtenCloudDescription(routes: readonly CloudRoute[]): string {
  return `${JSON.stringify(describeCloud(routes, VERSION), undefined, 1)}\n`;
}
