// What the commands read of the cloud side's answers; they are like those of grafana.com.

export interface Items<T> {
  items: T[];
}

export interface Stack {
  id: number;
  slug: string;
  name: string;
  url: string;
  status: string;
  description: string;
  labels: Record<string, string>;
  deleteProtection: boolean;
  regionSlug: string;
  orgSlug: string;
  createdAt: string;
  createdBy: string;
}

export interface Region {
  slug: string;
  name: string;
  description: string;
  provider: string;
}

export interface CloudKey {
  id: number;
  name: string;
  role: string;
  createdAt: string;
}

export interface Realm {
  type: string;
  identifier: string;
}

export interface Policy {
  id: string;
  name: string;
  displayName: string;
  scopes: string[];
  realms: Realm[];
  conditions?: { allowedSubnets: string[] };
  createdAt: string;
}

export interface PolicyToken {
  id: string;
  accessPolicyId: string;
  name: string;
  displayName: string;
  expiresAt: string | null;
  createdAt: string;
}

/** The one answer that has the secret. */
export interface Issued {
  name: string;
  token: string;
}
