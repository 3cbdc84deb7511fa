import { Button } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { type Answer, api } from '../../lib/api.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { DeleteAccount, EnableAccount } from './account-dialogs.tsx';
import { AccountForm } from './account-form.tsx';
import { AccountTabs } from './account-tabs.tsx';
import { AccountTags } from './account-tags.tsx';

type Account = Answer<'/api/serviceaccounts/{id}', 'get'>;

const ABOVE = [{ title: 'Service accounts', to: '/org/serviceaccounts' }];

/** One service account: what it is, its tokens, and what it may do where. */
export function ServiceAccountPage() {
  const id = Number(useParams({ from: '/signed-in/org/serviceaccounts/$id' }).id);
  const account = api.useQuery('get', '/api/serviceaccounts/{id}', {
    params: { path: { id }, query: { accesscontrol: true } },
  });
  return (
    <Loaded asked={account} title="Service account">
      {(found) => <Shown key={id} account={found} />}
    </Loaded>
  );
}

function Shown({ account }: { account: Account }) {
  const navigate = useNavigate();
  const [asks, setAsks] = useState<'enable' | 'delete'>();
  const { name, isDisabled, accessControl = {} } = account;
  const may = (action: string): boolean => accessControl[action] === true;
  const close = (): void => setAsks(undefined);
  return (
    <PageFrame
      title={name}
      above={ABOVE}
      tags={<AccountTags account={account} />}
      about={<About account={account} />}
      actions={
        <>
          {may('serviceaccounts:delete') && (
            <Button variant="default" onClick={() => setAsks('delete')}>
              Delete service account
            </Button>
          )}
          {may('serviceaccounts:write') && (
            <Button variant="default" onClick={() => setAsks('enable')}>
              {isDisabled ? 'Enable service account' : 'Disable service account'}
            </Button>
          )}
        </>
      }
    >
      <AccountForm account={account} mayChange={may('serviceaccounts:write')} />
      <AccountTabs account={account} may={may} />
      {asks === 'enable' && <EnableAccount account={account} onDone={close} onClose={close} />}
      {asks === 'delete' && (
        <DeleteAccount
          account={account}
          leavesPage
          onDone={() => void navigate({ to: '/org/serviceaccounts', ignoreBlocker: true })}
          onClose={close}
        />
      )}
    </PageFrame>
  );
}

function About({ account: { id, login, createdAt, lastUsedAt, migratedFrom } }: { account: Account }) {
  return (
    <>
      {login}, ID {id}. Created <TimeText at={createdAt} />, last used:{' '}
      <TimeText at={lastUsedAt} never="never" />.
      {migratedFrom !== null && (
        <>
          {' '}
          {migratedFrom.keys === 1
            ? `It came from the API key ${migratedFrom.name}, `
            : `It came from ${migratedFrom.keys} API keys, the first of them ${migratedFrom.name}, `}
          migrated <TimeText at={migratedFrom.at} />.
        </>
      )}
    </>
  );
}
