import { client } from '../../lib/api.ts';
import type { Stack } from './stack.ts';

/** Something that an administrator does to a stack as a whole, after a question. */
export interface Deed {
  title: string;
  isDangerous: boolean;
  /** Whether the slug has to be typed first. */
  isTyped?: boolean;
  isFor(stack: Stack): boolean;
  meaning(stack: Stack): string;
  done(slug: string): string;
  run(id: number): Promise<unknown>;
}

const pathOf = (id: number) => ({ params: { path: { id } } });

export const DEEDS: Deed[] = [
  {
    title: 'Suspend',
    isDangerous: true,
    isFor: ({ status }) => status === 'active',
    meaning: ({ name }) =>
      `${name} answers everybody at once that it is suspended, until you resume it. It keeps all it has, and its address.`,
    done: (slug) => `Stack ${slug} is suspended`,
    run: (id) => client.POST('/api/admin/cloud/stacks/{id}/suspend', pathOf(id)),
  },
  {
    title: 'Resume',
    isDangerous: false,
    isFor: ({ status }) => status === 'paused',
    meaning: ({ name }) => `${name} lets people and programs in again at once, with all it had.`,
    done: (slug) => `Stack ${slug} is resumed`,
    run: (id) => client.POST('/api/admin/cloud/stacks/{id}/resume', pathOf(id)),
  },
  {
    title: 'Delete',
    isDangerous: true,
    isTyped: true,
    isFor: ({ status }) => status !== 'deleted',
    meaning: ({ name }) =>
      `${name} is gone for everybody at once, with all its dashboards, keys and tokens. Its data is kept for a while, and until then you can restore it.`,
    done: (slug) => `Stack ${slug} was deleted`,
    run: (id) => client.DELETE('/api/admin/cloud/stacks/{id}', pathOf(id)),
  },
  {
    title: 'Restore',
    isDangerous: false,
    isFor: ({ status }) => status === 'deleted',
    meaning: ({ name }) =>
      `${name} comes back with all it had, at another address if its own was taken since.`,
    done: (slug) => `Stack ${slug} was restored`,
    run: (id) => client.POST('/api/admin/cloud/stacks/{id}/restore', pathOf(id)),
  },
];
