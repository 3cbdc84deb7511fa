import { Button, Group, SegmentedControl } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMay } from '../../lib/session.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { PageFrame } from '../../parts/page-frame.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { AccountList } from './account-list.tsx';
import { NewAccount } from './new-account.tsx';

const FILTERS = [
  { value: '', label: 'All' },
  { value: 'disabled', label: 'Disabled' },
  { value: 'expired', label: 'With expired tokens' },
];

/** The service accounts of the organization. */
export function ServiceAccountsPage() {
  const may = useMay();
  const { query, search, onSearch, onChange } = useListAddress();
  const [isAdding, adding] = useDisclosure(false);
  const add = may('serviceaccounts:create') && <Button onClick={adding.open}>Add service account</Button>;
  return (
    <PageFrame
      title="Service accounts"
      about="Accounts of programs: each has a role, permissions and as many tokens as it needs."
      actions={add}
    >
      <Group>
        <SearchBox label="Search service accounts" value={query} onSearch={onSearch} />
        <SegmentedControl
          aria-label="Which service accounts"
          data={FILTERS}
          value={search.filter ?? ''}
          onChange={(filter) => onChange({ filter })}
        />
      </Group>
      <AccountList add={add} />
      {isAdding && <NewAccount onClose={adding.close} />}
    </PageFrame>
  );
}
