import type { Answer } from '../../lib/api.ts';
import { useSession } from '../../lib/session.ts';
import { AddressTabs } from '../../parts/address-tabs.tsx';
import { PermissionEditor } from '../../parts/permissions/permission-editor.tsx';
import { AccountUsage } from './account-usage.tsx';
import { OrgGrants } from './org-grants.tsx';
import { TokenList } from './token-list.tsx';

interface Props {
  account: Answer<'/api/serviceaccounts/{id}', 'get'>;
  may(action: string): boolean;
}

/** What belongs to an account, in tabs: those that the person may look at. */
export function AccountTabs({ account, may }: Props) {
  const { latchkey } = useSession().settings;
  const tabs = [
    {
      value: 'tokens',
      title: 'Service account tokens',
      content: <TokenList account={account} may={may} />,
    },
    {
      value: 'permissions',
      title: 'Permissions',
      isShown: may('serviceaccounts.permissions:read'),
      content: (
        <PermissionEditor
          resource="serviceaccounts"
          id={String(account.id)}
          canChange={may('serviceaccounts.permissions:write')}
        />
      ),
    },
    {
      value: 'organizations',
      title: 'Organizations',
      content: <OrgGrants account={account} mayChange={may('serviceaccounts:write')} />,
    },
    {
      value: 'usage',
      title: 'Usage',
      // It is told to whoever may read all accounts.
      isShown: latchkey.orgActions['serviceaccounts:read'] === true,
      content: <AccountUsage account={account} />,
    },
  ];
  return <AddressTabs tabs={tabs.filter(({ isShown = true }) => isShown)} />;
}
