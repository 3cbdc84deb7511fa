import { Button, Group, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { type Answer, api } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { tellDone } from '../../lib/notify.ts';
import { useMay } from '../../lib/session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { SearchBox } from '../../parts/search-box.tsx';

type Team = Answer<'/api/teams/search', 'get'>['teams'][number];

const PER_PAGE = 30;

const COLUMNS: Column<Team>[] = [
  {
    title: 'Name',
    render: ({ id, name }) => (
      <TextLink to="/org/teams/$id" params={{ id: String(id) }}>
        {name}
      </TextLink>
    ),
  },
  { title: 'Email', render: ({ email }) => email, from: 'sm' },
  { title: 'Members', render: ({ memberCount }) => memberCount, align: 'right', width: 100 },
];

/** The teams of the organization. */
export function TeamsPage() {
  const may = useMay();
  const { page, query, onPage, onSearch } = useListAddress();
  const [isAdding, adding] = useDisclosure(false);
  const teams = api.useQuery(
    'get',
    '/api/teams/search',
    { params: { query: { page, perpage: PER_PAGE, query } } },
    { placeholderData: (before) => before },
  );
  const add = may('teams:create') && <Button onClick={adding.open}>New team</Button>;
  return (
    <PageFrame title="Teams" about="People who get the same permissions." actions={add}>
      <Group>
        <SearchBox label="Search teams" value={query} onSearch={onSearch} />
      </Group>
      <DataTable
        label="teams"
        columns={COLUMNS}
        rows={teams.data?.teams}
        keyOf={({ id }) => id}
        error={teams.error}
        onRetry={() => void teams.refetch()}
        empty={
          query === '' ? (
            <EmptyState
              title="No teams yet"
              advice="Give a team a folder, and all its members may use it."
              action={add}
            />
          ) : (
            <EmptyState title={`No team is called like “${query}”`} />
          )
        }
        paging={{ page, perPage: PER_PAGE, total: teams.data?.totalCount ?? 0, onPage }}
      />
      {isAdding && <NewTeam onClose={adding.close} />}
    </PageFrame>
  );
}

function NewTeam({ onClose }: { onClose(): void }) {
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { name: '', email: '' },
    validate: { name: (name) => (name.trim() === '' ? 'Give the team a name' : null) },
  });
  const create = api.useMutation('post', '/api/teams', {
    onSuccess: async ({ teamId }, { body }) => {
      tellDone(`Team ${body.name} was created`);
      await navigate({ to: '/org/teams/$id', params: { id: String(teamId) } });
    },
  });
  return (
    <FormDialog
      title="New team"
      submit="Create team"
      isDirty={form.isDirty()}
      isBusy={create.isPending}
      error={create.error}
      onSubmit={form.onSubmit((body) => create.mutate({ body }))}
      onClose={onClose}
    >
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      <TextInput label="Email" type="email" {...form.getInputProps('email')} />
    </FormDialog>
  );
}
