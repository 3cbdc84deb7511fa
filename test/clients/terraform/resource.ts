import { expect } from 'vitest';
import type { Given } from './given.ts';
import type { Body, List, Provider } from './provider.ts';

/** Attributes of a resource, by the names that they have in a configuration. */
export type Attributes = Record<string, Body>;

/** A list that has the resource, and where the id is in one of its rows. */
type Listed = List & { idIn(row: Body): unknown };

/** A resource of Terraform's Grafana provider: which requests each of its steps is made of. */
export interface Resource {
  type: string;
  /** What is applied to one object, one after another: the first makes it, the others change it. */
  plans(given: Given): [Attributes, ...Attributes[]];
  /** Makes the object; its id without the organization's. */
  create(provider: Provider, plan: Attributes): Promise<string>;
  /** What the server has of the object; undefined when it is gone. */
  read(provider: Provider, id: string): Promise<Attributes | undefined>;
  update?(provider: Provider, id: string, plan: Attributes): Promise<void>;
  destroy(provider: Provider, id: string): Promise<void>;
  /** Of a plan, what a server shows again; secrets, for one, it does not. Everything, if not given. */
  shown?(plan: Attributes): Attributes;
  /** What is read of an object that can only be emptied, once it is. */
  emptied?: Attributes;
  list?: Listed;
  /** It belongs to the server, so that its id names no organization. */
  isGlobal?: boolean;
}

/** A resource's whole life: made, planned again without a difference, imported, changed, destroyed. */
export async function expectLife(
  resource: Resource,
  given: Given,
  inOrg: (orgId: number) => Provider,
  { here, elsewhere }: { here: number; elsewhere: number },
): Promise<void> {
  const { shown = (plan) => plan, emptied, isGlobal = false } = resource;
  const provider = inOrg(here);
  const [first, ...changes] = resource.plans(given);

  const local = await resource.create(provider, first);
  expect(await resource.read(provider, local), 'as planned once it is made').toEqual(shown(first));

  const id = isGlobal ? local : `${here}:${local}`;
  expect(await importById(resource, id, inOrg), `as planned once ${id} is imported`).toEqual(shown(first));
  if (resource.list) expect(await isListed(resource.list, provider, local), 'is listed').toBe(true);
  if (!isGlobal) {
    const other = await importById(resource, `${elsewhere}:${local}`, inOrg);
    expect([undefined, emptied], 'is in no other organization').toContainEqual(other);
  }

  for (const plan of changes) {
    await resource.update?.(provider, local, plan);
    expect(await resource.read(provider, local), 'as planned once it is changed').toEqual(shown(plan));
  }

  await resource.destroy(provider, local);
  expect(await resource.read(provider, local), 'is gone').toEqual(emptied);
  if (resource.list) expect(await isListed(resource.list, provider, local), 'is listed no more').toBe(false);
  // Somebody else may have been faster.
  await resource.destroy(provider, local);
}

function importById(resource: Resource, id: string, inOrg: (orgId: number) => Provider) {
  const [orgId = '', ...local] = id.split(':');
  return resource.isGlobal
    ? resource.read(inOrg(1), id)
    : resource.read(inOrg(Number(orgId)), local.join(':'));
}

/** Whether the pages of a list together have it. */
async function isListed(list: Listed, provider: Provider, id: string): Promise<boolean> {
  return (await provider.all(list)).some((row) => String(list.idIn(row)) === id);
}
