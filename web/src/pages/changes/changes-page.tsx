import { Button, Group, Stack, Text } from '@mantine/core';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { sentenceText } from '../../lib/change-sentence.ts';
import type { Change } from '../../lib/change-words.ts';
import { api, SERVER_URL } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { useSession } from '../../lib/session.ts';
import { AddressTabs } from '../../parts/address-tabs.tsx';
import { ChangeText } from '../../parts/change-text.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { ChangeDetails } from './change-details.tsx';
import { ChangeFilters } from './change-filters.tsx';
import { asInstant } from './periods.ts';

const PER_PAGE = 50;

/** Who changed what, in the organization or, for who administers the server, on the whole of it. */
export function ChangesPage() {
  const { settings } = useSession();
  const ofOrg = <ChangeList key="org" path="/api/audit" />;
  const tabs = [
    { value: 'org', title: 'This organization', content: ofOrg },
    { value: 'server', title: 'Whole server', content: <ChangeList key="server" path="/api/admin/audit" /> },
  ];
  return (
    <PageFrame title="Changes" about="Who changed what, and when. Nothing is changed without a line here.">
      {settings.latchkey.serverActions['orgs:write'] === true ? <AddressTabs tabs={tabs} /> : ofOrg}
    </PageFrame>
  );
}

function ChangeList({ path }: { path: '/api/audit' | '/api/admin/audit' }) {
  const { page, query, search, onPage, onChange } = useListAddress();
  const [shown, setShown] = useState<Change>();
  const { from = '', to = '', actor = '', action = '', kind = '' } = search;
  const asked = { from: asInstant(from), to: asInstant(to), actor, action, kind, query };
  const changes = api.useQuery(
    'get',
    path,
    { params: { query: { page, perpage: PER_PAGE, ...asked } } },
    { placeholderData: (before) => before },
  );
  const isFiltered = Object.values(asked).some((value) => value !== '');
  const showAll = (): void => onChange({ from: '', to: '', actor: '', action: '', kind: '', query: '' });
  const empty = isFiltered ? (
    <EmptyState
      title="No change is like that"
      advice="A name under Made by has to be whole. Times are those of your zone."
      action={
        <Button variant="default" onClick={showAll}>
          Show all changes
        </Button>
      }
    />
  ) : (
    <EmptyState
      title="Nothing was changed yet"
      advice="What people and machines change will be listed here."
    />
  );
  return (
    <Stack>
      <ChangeFilters />
      <Downloads path={path} asked={asked} />
      <DataTable
        label="changes"
        columns={columnsWith(setShown)}
        rows={changes.data?.entries}
        keyOf={({ id }) => id}
        error={changes.error}
        onRetry={() => void changes.refetch()}
        empty={empty}
        paging={{ page, perPage: PER_PAGE, total: changes.data?.totalCount ?? 0, onPage }}
      />
      <ChangeDetails change={shown} onClose={() => setShown(undefined)} />
    </Stack>
  );
}

/** What the filters let through, all pages of it, as files. */
function Downloads({ path, asked }: { path: string; asked: Record<string, string> }) {
  const { user } = useSession();
  const addressOf = (format: string): string => {
    const query = new URLSearchParams({ orgId: String(user.orgId), format });
    for (const [name, value] of Object.entries(asked)) if (value !== '') query.set(name, value);
    return `${SERVER_URL}${path}/export?${query.toString()}`;
  };
  const formats = [
    { format: 'csv', title: 'Download CSV' },
    { format: 'jsonl', title: 'Download JSON lines' },
  ];
  return (
    <Group gap="xs">
      {formats.map(({ format, title }) => (
        <Button
          key={format}
          component="a"
          href={addressOf(format)}
          download
          variant="default"
          size="compact-sm"
          leftSection={<Download size={14} aria-hidden />}
        >
          {title}
        </Button>
      ))}
    </Group>
  );
}

function columnsWith(onShow: (change: Change) => void): Column<Change>[] {
  return [
    { title: 'When', render: ({ at }) => <TimeText at={at} />, width: 120, from: 'sm' },
    { title: 'Change', render: (change) => <Told change={change} /> },
    { title: 'From', render: ({ address }) => address, from: 'md', width: 140 },
    {
      title: 'Details',
      isTitleHidden: true,
      align: 'right',
      width: 90,
      render: (change) => (
        <Button
          variant="subtle"
          size="compact-sm"
          aria-label={`Details: ${sentenceText(change)}`}
          onClick={() => onShow(change)}
        >
          Details
        </Button>
      ),
    },
  ];
}

/** The change; where there is no room for a column of times, with its time. */
function Told({ change }: { change: Change }) {
  return (
    <>
      <ChangeText change={change} />
      <Text size="xs" c="dimmed" component="div" hiddenFrom="sm">
        <TimeText at={change.at} />
      </Text>
    </>
  );
}
