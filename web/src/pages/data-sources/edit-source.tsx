import { Alert, Button, Group, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { useMay } from '../../lib/session.ts';
import { ConflictAlert } from '../../parts/conflict-alert.tsx';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { SourceFields } from './source-form.tsx';
import { bodyOf, type DataSource, rules, type SourceValues, valuesOf } from './source-values.ts';

/** A form of what a data source was when it was opened, or last saved here; `source` is what it is by now. */
export function EditSource({ source }: { source: DataSource }) {
  const may = useMay();
  const [base, setBase] = useState(source);
  const isFixed = base.readOnly || !may('datasources:write');
  const form = useForm<SourceValues>({ initialValues: valuesOf(base), validate: rules });
  const restart = (from: DataSource): void => {
    setBase(from);
    form.setInitialValues(valuesOf(from));
    form.setValues(valuesOf(from));
  };
  const path = { uid: base.uid };
  const latest = api.useQuery('get', '/api/datasources/uid/{uid}', { params: { path } });
  const save = api.useMutation('put', '/api/datasources/uid/{uid}', {
    onSuccess: ({ datasource }) => {
      tellDone(`Data source ${datasource.name} was saved`);
      restart(datasource);
      // What was sent may hold secrets, and is not kept on the page.
      save.reset();
    },
    onError: () => void latest.refetch(),
  });
  const send = (values: SourceValues, version?: number): void =>
    save.mutate({
      params: { path },
      body: { ...bodyOf(values), ...(version === undefined ? {} : { version }) },
    });
  const isOutdated = save.isError && (latest.data?.version ?? 0) > base.version;
  const load = async (): Promise<void> => {
    const { data } = await latest.refetch();
    if (data !== undefined) restart(data);
    save.reset();
  };
  return (
    <form onSubmit={form.onSubmit((values) => send(values, base.version))} noValidate>
      <LeaveGuard isDirty={form.isDirty()} />
      <Stack>
        {base.readOnly && (
          <Alert color="gray" variant="light" title="Read only">
            This data source was set up from a file, and is changed only there.
          </Alert>
        )}
        <SourceFields form={form} isFixed={isFixed} />
        {isOutdated ? (
          <ConflictAlert
            noun="data source"
            isBusy={save.isPending}
            onLoad={() => void load()}
            onOverwrite={() => send(form.getValues())}
          />
        ) : (
          <ProblemAlert error={save.error} />
        )}
        {!isFixed && (
          <Group>
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}
