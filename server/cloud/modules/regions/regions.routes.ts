import { type Static, Type } from 'typebox';
import type { App } from '../../../http/app-type.ts';
import { nullable } from '../../../http/schemas.ts';
import { cloudOf, needs } from '../../http/guard.ts';
import { instant } from '../../http/time.ts';
import { type Region, regionsOf, requireRegion } from './regions.ts';

const RegionAnswer = Type.Object({
  id: Type.Integer(),
  slug: Type.String(),
  name: Type.String(),
  publicName: Type.String(),
  description: Type.String(),
  provider: Type.String(),
  status: Type.String(),
  visibility: Type.String(),
  sortOrder: Type.Integer(),
  createdAt: Type.String(),
  updatedAt: nullable(Type.String()),
  hgClusterSlug: Type.String(),
  hgClusterName: Type.String(),
  hmPromClusterUrl: Type.String(),
  hmGraphiteClusterUrl: Type.String(),
  hlClusterUrl: Type.String(),
  amClusterUrl: Type.String(),
  htClusterUrl: Type.String(),
});

export function regionsRoutes(app: App): void {
  app.get(
    '/api/stack-regions',
    {
      config: needs('stacks:read'),
      schema: { response: { 200: Type.Object({ items: Type.Array(RegionAnswer) }) } },
    },
    (request) => ({ items: regionsOf(cloudOf(request).config).map(regionAnswer) }),
  );

  app.get(
    '/api/stack-regions/:region',
    {
      config: needs('stacks:read'),
      schema: { params: Type.Object({ region: Type.String() }), response: { 200: RegionAnswer } },
    },
    (request) => regionAnswer(requireRegion(cloudOf(request).config, request.params.region)),
  );
}

function regionAnswer({
  id,
  slug,
  name,
  description,
  provider,
  cluster,
  urls,
}: Region): Static<typeof RegionAnswer> {
  return {
    id,
    slug,
    name,
    publicName: name,
    description,
    provider,
    status: 'active',
    visibility: 'public',
    sortOrder: id,
    createdAt: instant(0),
    updatedAt: null,
    hgClusterSlug: cluster,
    hgClusterName: cluster,
    hmPromClusterUrl: urls.metrics,
    hmGraphiteClusterUrl: urls.graphite,
    hlClusterUrl: urls.logs,
    amClusterUrl: urls.alertmanager,
    htClusterUrl: urls.traces,
  };
}
