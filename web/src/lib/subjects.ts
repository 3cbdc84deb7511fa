import { client } from './api.ts';

/** Those who can be given a permission or a role by name. */
export type SubjectKind = 'user' | 'service-account' | 'team';

export interface Subject {
  kind: SubjectKind;
  id: number;
  name: string;
  /** What tells two of one name apart. */
  about: string;
}

export interface SubjectPage {
  subjects: Subject[];
  hasMore: boolean;
}

const PER_PAGE = 30;

/** One page of those in the organization whose name has a text in it. Pages count from 1. */
export function findSubjects(kind: SubjectKind, query: string, page: number): Promise<SubjectPage> {
  return SEARCHES[kind](query, page);
}

const SEARCHES: Record<SubjectKind, (query: string, page: number) => Promise<SubjectPage>> = {
  user: async (query, page) => {
    const { data } = await client.GET('/api/org/users/search', asking(query, page));
    const subjects = data?.orgUsers.map(({ userId: id, login, name, email }) => ({
      kind: 'user' as const,
      id,
      name: login,
      about: [name, email].filter((text) => text !== '' && text !== login).join(', '),
    }));
    return pageOf(subjects, data?.totalCount, page);
  },
  'service-account': async (query, page) => {
    const { data } = await client.GET('/api/serviceaccounts/search', asking(query, page));
    const subjects = data?.serviceAccounts.map(({ id, name, login, role }) => ({
      kind: 'service-account' as const,
      id,
      name,
      about: `${login}, ${role}`,
    }));
    return pageOf(subjects, data?.totalCount, page);
  },
  team: async (query, page) => {
    const { data } = await client.GET('/api/teams/search', asking(query, page));
    const subjects = data?.teams.map(({ id, name, email, memberCount }) => ({
      kind: 'team' as const,
      id,
      name,
      about: [email, memberCount === 1 ? '1 member' : `${memberCount} members`].filter(Boolean).join(', '),
    }));
    return pageOf(subjects, data?.totalCount, page);
  },
};

function asking(query: string, page: number) {
  return { params: { query: { query, page, perpage: PER_PAGE } } };
}

function pageOf(subjects: Subject[] = [], total = 0, page: number): SubjectPage {
  return { subjects, hasMore: page * PER_PAGE < total };
}
