import { NumberInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { tellDone } from '../lib/notify.ts';
import { useSession } from '../lib/session.ts';
import { type Column, DataTable } from './data-table.tsx';
import { FormDialog } from './form-dialog.tsx';
import { RowButton } from './row-button.tsx';
import { Section } from './section.tsx';

interface Quota {
  target: string;
  limit: number;
  used: number;
}

interface Props {
  about?: string;
  /** What was asked of the server. */
  asked: { data: Quota[] | undefined; error: unknown; refetch(): unknown };
  /** What is counted, by the server's names. */
  titles: Record<string, string>;
  /** Left out where the limits are only shown. */
  change?: ((target: string, limit: number) => Promise<unknown>) | undefined;
}

/** What an organization's quotas count. */
export const QUOTAS_OF_ORG: Record<string, string> = {
  org_user: 'Users',
  dashboard: 'Dashboards',
  data_source: 'Data sources',
  api_key: 'API keys',
  service_account: 'Service accounts',
};

const NO_LIMIT = -1;
const OFF = 'Quotas are off on this server: the limits count once [quota] enabled is true.';

/** How much there may be of what, and how much there is. */
export function Quotas({ about, asked, titles, change }: Props) {
  const { quotas: areOn } = useSession().settings.latchkey;
  const [changing, setChanging] = useState<Quota>();
  const titleOf = ({ target }: Quota): string => titles[target] ?? target;
  const columns: Column<Quota>[] = [
    { title: 'Of what', render: titleOf },
    { title: 'Used', render: ({ used }) => used.toLocaleString('en'), align: 'right', width: 100 },
    { title: 'Limit', render: ({ limit }) => limitText(limit), align: 'right', width: 120 },
  ];
  if (change !== undefined) {
    columns.push({
      title: 'Change',
      isTitleHidden: true,
      align: 'right',
      width: 110,
      render: (quota) => (
        <RowButton title="Change" of={`the limit of ${titleOf(quota)}`} onClick={() => setChanging(quota)} />
      ),
    });
  }
  return (
    <Section title="Quotas" about={areOn ? about : OFF}>
      <DataTable
        label="quotas and their use"
        columns={columns}
        rows={asked.data}
        keyOf={({ target }) => target}
        error={asked.error}
        onRetry={() => void asked.refetch()}
        empty="Nothing is counted here"
      />
      {changing !== undefined && change !== undefined && (
        <ChangeLimit
          quota={changing}
          title={titleOf(changing)}
          change={change}
          onClose={() => setChanging(undefined)}
        />
      )}
    </Section>
  );
}

interface ChangeProps {
  quota: Quota;
  title: string;
  change: NonNullable<Props['change']>;
  onClose(): void;
}

function ChangeLimit({ quota, title, change, onClose }: ChangeProps) {
  const form = useForm<{ limit: number | string }>({
    initialValues: { limit: quota.limit === NO_LIMIT ? '' : quota.limit },
  });
  const saving = useMutation({
    mutationFn: (limit: number | string) => change(quota.target, limit === '' ? NO_LIMIT : Number(limit)),
    onSuccess: () => {
      tellDone(`The limit of ${title} was changed`);
      onClose();
    },
  });
  return (
    <FormDialog
      title={`Limit of ${title}`}
      submit="Save"
      isDirty={form.isDirty()}
      isBusy={saving.isPending}
      error={saving.error}
      onSubmit={form.onSubmit(({ limit }) => saving.mutate(limit))}
      onClose={onClose}
    >
      <NumberInput
        label="At most"
        description={`${quota.used.toLocaleString('en')} are there now. Leave it empty for no limit.`}
        min={0}
        allowDecimal={false}
        allowNegative={false}
        data-autofocus
        {...form.getInputProps('limit')}
      />
    </FormDialog>
  );
}

function limitText(limit: number): string {
  return limit === NO_LIMIT ? 'No limit' : limit.toLocaleString('en');
}
