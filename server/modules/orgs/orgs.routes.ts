import { Type } from 'typebox';
import { can } from '../../access/can.ts';
import { notFound } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import { Id } from '../../http/schemas.ts';
import type { OrgRow } from './orgs.store.ts';
import { findOrg } from './orgs.ts';

const Address = Type.Object({
  address1: Type.String(),
  address2: Type.String(),
  city: Type.String(),
  zipCode: Type.String(),
  state: Type.String(),
  country: Type.String(),
});

const Org = Type.Object({ id: Id, name: Type.String(), address: Address });

export function orgsRoutes(app: App): void {
  app.get(
    '/api/org',
    { config: { access: can('orgs:read') }, schema: { response: { 200: Org } } },
    async (request) => {
      const org = await findOrg(app.context, request.identity.orgId);
      if (org === undefined) throw notFound('Organization not found', 'orgs.not-found');
      return orgAnswer(org);
    },
  );
}

function orgAnswer({ id, name, address1, address2, city, zip_code, state, country }: OrgRow) {
  return { id, name, address: { address1, address2, city, zipCode: zip_code, state, country } };
}
