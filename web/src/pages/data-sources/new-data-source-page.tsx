import { Button, Group, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { ButtonLink } from '../../parts/button-link.tsx';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { SourceFields } from './source-form.tsx';
import { BLANK, bodyOf, rules, type SourceValues } from './source-values.ts';

/** A form for a data source that is not there yet. */
export function NewDataSourcePage() {
  const navigate = useNavigate();
  const form = useForm<SourceValues>({ initialValues: BLANK, validate: rules });
  const add = api.useMutation('post', '/api/datasources', {
    meta: { leavesPage: true },
    onSuccess: async ({ datasource: { uid, name } }) => {
      tellDone(`Data source ${name} was added`);
      await navigate({ to: '/datasources/edit/$uid', params: { uid }, ignoreBlocker: true });
    },
  });
  return (
    <PageFrame title="Add data source" above={[{ title: 'Data sources', to: '/datasources' }]}>
      <form onSubmit={form.onSubmit((values) => add.mutate({ body: bodyOf(values) }))} noValidate>
        <LeaveGuard isDirty={form.isDirty()} />
        <Stack>
          <SourceFields form={form} isFixed={false} />
          <ProblemAlert error={add.error} />
          <Group>
            <Button type="submit" loading={add.isPending}>
              Add data source
            </Button>
            <ButtonLink to="/datasources" variant="default">
              Cancel
            </ButtonLink>
          </Group>
        </Stack>
      </form>
    </PageFrame>
  );
}
