import type { paths } from './openapi.d.ts';

type Body<Response> = Response extends { content: { 'application/json': infer Content } } ? Content : never;

type Responses<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends {
  responses: infer All;
}
  ? All
  : never;

/** What a call answers when all is well: `Answer<'/api/org', 'get'>`. */
export type Answer<Path extends keyof paths, Method extends keyof paths[Path]> = Body<
  Responses<Path, Method>[keyof Responses<Path, Method> & (200 | 201)]
>;
