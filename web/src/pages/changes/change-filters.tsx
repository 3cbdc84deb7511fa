import { Box, Group, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { CHANGE_WORDS } from '../../lib/change-words.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { useSession } from '../../lib/session.ts';
import { SearchBox } from '../../parts/search-box.tsx';
import { KINDS } from './kinds.ts';
import { asInstant, PERIODS } from './periods.ts';
import { momentOf, wallTimeOf } from './wall-time.ts';

const ANY = '';
const BETWEEN = 'between';
const WIDTH = { base: '100%', xs: 160 };

/** What narrows the list down; all of it is in the address. */
export function ChangeFilters() {
  const { query, search, onSearch, onChange } = useListAddress();
  const { from = '', to = '', actor = '', action = '', kind = '' } = search;
  const [asksForTimes, setAsksForTimes] = useState(false);
  const isBetween = asksForTimes || to !== '' || (from !== '' && PERIODS[from] === undefined);
  const choosePeriod = (period: string): void => {
    setAsksForTimes(period === BETWEEN);
    onChange({ from: period === BETWEEN ? asInstant(from) : period, to: '' });
  };
  return (
    <Group align="flex-end" gap="sm">
      <SearchBox label="Search changes" value={query} onSearch={onSearch} />
      <Select
        label="When"
        value={isBetween ? BETWEEN : from}
        onChange={(period) => choosePeriod(period ?? ANY)}
        data={[
          { value: ANY, label: 'At any time' },
          ...Object.entries(PERIODS).map(([value, { title }]) => ({ value, label: title })),
          { value: BETWEEN, label: 'Between two moments' },
        ]}
        w={WIDTH}
      />
      {isBetween && <Moment label="From" value={from} onChange={(moment) => onChange({ from: moment })} />}
      {isBetween && <Moment label="To" value={to} onChange={(moment) => onChange({ to: moment })} />}
      <MadeBy key={actor} actor={actor} onChange={(name) => onChange({ actor: name })} />
      <Select
        label="What was done"
        placeholder="Anything"
        searchable
        clearable
        allowDeselect
        nothingFoundMessage="Nothing is called like that"
        value={action === '' ? null : action}
        onChange={(chosen) => onChange({ action: chosen ?? '' })}
        data={choices(
          Object.entries(CHANGE_WORDS).map(([value, { title }]) => [value, title]),
          action,
        )}
        w={{ base: '100%', xs: 200 }}
      />
      <Select
        label="To what"
        placeholder="Anything"
        clearable
        allowDeselect
        value={kind === '' ? null : kind}
        onChange={(chosen) => onChange({ kind: chosen ?? '' })}
        data={choices(Object.entries(KINDS), kind)}
        w={WIDTH}
      />
    </Group>
  );
}

/** What is chosen is among the choices even if this page has no words for it. */
function choices(known: [value: string, label: string][], chosen: string) {
  const all =
    known.some(([value]) => value === chosen) || chosen === '' ? known : [...known, [chosen, chosen]];
  return all.map(([value = '', label = '']) => ({ value, label }));
}

/** A name, asked for once it is whole. */
function MadeBy({ actor, onChange }: { actor: string; onChange(name: string): void }) {
  const [name, setName] = useState(actor);
  return (
    <Box
      component="form"
      w={WIDTH}
      onSubmit={(event) => {
        event.preventDefault();
        onChange(name.trim());
      }}
    >
      <TextInput
        label="Made by"
        placeholder="Anybody"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        onBlur={() => name.trim() !== actor && onChange(name.trim())}
        autoCapitalize="none"
      />
    </Box>
  );
}

interface MomentProps {
  label: string;
  value: string;
  onChange(moment: string): void;
}

/** A date and time of the person's zone. */
function Moment({ label, value, onChange }: MomentProps) {
  const { user } = useSession();
  const instant = asInstant(value);
  return (
    <TextInput
      type="datetime-local"
      label={label}
      defaultValue={instant === '' ? '' : wallTimeOf(new Date(instant), user.timezone)}
      onChange={(event) => onChange(momentOf(event.currentTarget.value, user.timezone)?.toISOString() ?? '')}
      error={value !== '' && instant === '' && 'The address has no time here'}
      w={WIDTH}
    />
  );
}
