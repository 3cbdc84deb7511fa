import { Button, Group, Stack, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { ConflictAlert } from '../../parts/conflict-alert.tsx';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { roleName } from '../../parts/role-picker.tsx';
import type { Permission } from './permission-columns.tsx';
import { PermissionRows } from './permission-rows.tsx';
import { type Details, RoleFields, rules } from './role-fields.tsx';
import type { Role } from './role-tags.tsx';

type Values = Details & { permissions: Permission[] };

/** A form of what a role was when it was opened, or last saved here; `role` is what it is by now. */
export function EditRole({ role, mayChange }: { role: Role; mayChange: boolean }) {
  const [base, setBase] = useState(role);
  const form = useForm<Values>({ initialValues: valuesOf(base), validate: rules });
  const restart = (from: Role): void => {
    setBase(from);
    form.setInitialValues(valuesOf(from));
    form.setValues(valuesOf(from));
  };
  const path = { uid: base.uid };
  const latest = api.useQuery('get', '/api/access-control/roles/{uid}', { params: { path } });
  const save = api.useMutation('put', '/api/access-control/roles/{uid}', {
    onSuccess: (saved) => {
      tellDone(`Role ${roleName(saved)} was saved`);
      restart(saved);
    },
    onError: () => void latest.refetch(),
  });
  const known = latest.data?.version ?? 0;
  const isOutdated = save.isError && known > base.version;
  const send = (values: Values, version: number): void =>
    save.mutate({ params: { path }, body: { ...values, version: version + 1 } });
  const load = async (): Promise<void> => {
    const { data } = await latest.refetch();
    if (data !== undefined) restart(data);
    save.reset();
  };
  const setPermissions = (permissions: Permission[]): void => form.setFieldValue('permissions', permissions);
  return (
    <form onSubmit={form.onSubmit((values) => send(values, base.version))} noValidate>
      <LeaveGuard isDirty={form.isDirty()} />
      <Stack>
        <PermissionRows
          permissions={form.values.permissions}
          onChange={mayChange ? setPermissions : undefined}
        />
        {mayChange && (
          <>
            <Title order={2}>Details</Title>
            <Stack maw="34rem">
              <RoleFields form={form} />
            </Stack>
            {isOutdated ? (
              <ConflictAlert
                noun="role"
                isBusy={save.isPending}
                onLoad={() => void load()}
                onOverwrite={() => send(form.getValues(), known)}
              />
            ) : (
              <ProblemAlert error={save.error} />
            )}
            <Group>
              <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
                Save role
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </form>
  );
}

function valuesOf({ name, displayName, description, group, hidden, permissions }: Role): Values {
  return {
    name,
    displayName,
    description,
    group,
    hidden,
    permissions: permissions.map(({ action, scope }) => ({ action, scope })),
  };
}
