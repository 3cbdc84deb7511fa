import { Select, Stack } from '@mantine/core';
import { api } from '../../lib/api.ts';
import { problemOf } from '../../lib/problem.ts';
import { useSession } from '../../lib/session.ts';
import type { Subject } from '../../lib/subjects.ts';
import { SubjectPicker } from '../../parts/subject-picker.tsx';
import type { Asked } from './use-explain.ts';

type Kind = 'self' | 'api-key' | 'service-account' | 'user';

/** Whoever asks, as far as it is chosen. */
export interface Asker {
  kind: Kind;
  subject?: Subject | undefined;
  /** Of a service account; '' is any that is good. */
  tokenId?: string;
  keyId?: string | undefined;
}

interface Props {
  asker: Asker;
  onChange(asker: Asker): void;
  error: string | undefined;
}

const TITLES: Record<Kind, string> = {
  self: 'You yourself',
  'api-key': 'An API key',
  'service-account': 'A service account',
  user: 'Another user',
};
const NEEDS: Partial<Record<Kind, string>> = {
  'api-key': 'apikeys:read',
  'service-account': 'serviceaccounts:read',
  user: 'org.users:read',
};

/** A choice of who asks, among those whom the person may read. */
export function AskerField({ asker, onChange, error }: Props) {
  const { user } = useSession();
  const offered = (Object.keys(TITLES) as Kind[]).filter((kind) => {
    const action = NEEDS[kind];
    return action === undefined || user.permissions[action] === true;
  });
  return (
    <Stack gap="sm">
      <Select
        label="Who asks"
        value={asker.kind}
        onChange={(kind) => onChange({ kind: kind ?? 'self' })}
        data={offered.map((kind) => ({ value: kind, label: TITLES[kind] }))}
      />
      {asker.kind === 'api-key' && <KeySelect asker={asker} onChange={onChange} error={error} />}
      {(asker.kind === 'user' || asker.kind === 'service-account') && (
        <SubjectPicker
          key={asker.kind}
          kind={asker.kind}
          value={asker.subject}
          onChange={(subject) => onChange({ kind: asker.kind, subject })}
          error={error}
        />
      )}
      {asker.kind === 'service-account' && asker.subject !== undefined && (
        <TokenSelect asker={asker} accountId={asker.subject.id} onChange={onChange} />
      )}
    </Stack>
  );
}

/** What the server takes for the choice; undefined while it is not made. */
export function credentialOf(
  { kind, subject, tokenId = '', keyId }: Asker,
  selfId: number,
): Asked['credential'] {
  if (kind === 'self') return { kind: 'user', id: selfId };
  if (kind === 'api-key') return keyId === undefined ? undefined : { kind, id: Number(keyId) };
  if (subject === undefined) return undefined;
  if (tokenId !== '') return { kind: 'token', id: Number(tokenId) };
  return { kind, id: subject.id };
}

const OFFERED = 100;

function KeySelect({ asker, onChange, error }: Props) {
  const keys = api.useQuery('get', '/api/auth/keys', { params: { query: { includeExpired: true } } });
  return (
    <Select
      label="API key"
      placeholder="Type a part of the name"
      required
      searchable
      limit={OFFERED}
      data={keys.data?.map(({ id, name, role }) => ({ value: String(id), label: `${name} (${role})` })) ?? []}
      value={asker.keyId ?? null}
      onChange={(keyId) => onChange({ kind: 'api-key', keyId: keyId ?? undefined })}
      nothingFoundMessage={keys.isPending ? 'Searching …' : 'No API key is called like that'}
      error={keys.error === null ? error : problemOf(keys.error).title}
    />
  );
}

interface TokenProps extends Omit<Props, 'error'> {
  accountId: number;
}

function TokenSelect({ asker, accountId, onChange }: TokenProps) {
  const tokens = api.useQuery('get', '/api/serviceaccounts/{id}/tokens', {
    params: { path: { id: accountId } },
  });
  const named = tokens.data?.map(({ id, name }) => ({ value: String(id), label: name })) ?? [];
  return (
    <Select
      label="Token"
      description="Which one matters where it is revoked or has expired"
      data={[{ value: '', label: 'Any that is good' }, ...named]}
      searchable={named.length > OFFERED}
      value={asker.tokenId ?? ''}
      onChange={(tokenId) => onChange({ ...asker, tokenId: tokenId ?? '' })}
      error={tokens.error === null ? undefined : problemOf(tokens.error).title}
    />
  );
}
