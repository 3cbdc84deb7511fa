import { Button, Code } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { api } from '../../lib/api.ts';
import { AddressTabs } from '../../parts/address-tabs.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { NewStack } from './new-stack.tsx';
import { StackList } from './stack-list.tsx';

/** The stacks of all cloud organizations of the server. */
export function StacksPage() {
  const [isAdding, adding] = useDisclosure(false);
  const { data } = api.useQuery('get', '/api/admin/cloud/orgs');
  const orgs = data?.orgs ?? [];
  const add = orgs.length > 0 && <Button onClick={adding.open}>New stack</Button>;
  const none =
    data !== undefined && orgs.length === 0 ? (
      <EmptyState
        title="No cloud organization yet"
        advice={
          <>
            A stack belongs to one. Make the first on the server’s machine, with its first cloud key:{' '}
            <Code>latchkey cloud init --org acme</Code>
          </>
        }
      />
    ) : (
      <EmptyState
        title="No stacks yet"
        advice="Make one here, or with Terraform and a cloud key of its organization."
        action={add}
      />
    );
  const tabs = [
    { value: 'there', title: 'Current', content: <StackList key="there" isDeleted={false} empty={none} /> },
    {
      value: 'deleted',
      title: 'Deleted',
      content: (
        <StackList
          key="deleted"
          isDeleted
          empty={
            <EmptyState
              title="No deleted stack is kept"
              advice="What is deleted can be restored here for a while."
            />
          }
        />
      ),
    },
  ];
  return (
    <PageFrame
      title="Stacks"
      about="Each is a whole Latchkey of its own, with an address, users, keys and data that no other one has."
      actions={add}
    >
      <AddressTabs tabs={tabs} />
      {isAdding && <NewStack orgs={orgs} onClose={adding.close} />}
    </PageFrame>
  );
}
