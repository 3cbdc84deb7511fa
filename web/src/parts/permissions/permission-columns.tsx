import { ActionIcon, Group, Select, Text } from '@mantine/core';
import { Bot, ShieldCheck, Trash2, User, UsersRound } from 'lucide-react';
import type { Subject } from '../../lib/subjects.ts';
import type { Column } from '../data-table.tsx';
import { SUBJECT_NAMES, SubjectLink } from '../subject-link.tsx';
import { TextLink } from '../text-link.tsx';
import type { Permission } from './resources.ts';

interface Editing {
  levels: readonly string[];
  canChange: boolean;
  onChange(change: { entry: Permission; level: string }): void;
}

const ICON = 16;

/** The columns of a list of permissions, with a choice and a button in those that can be changed here. */
export function columnsOf({ levels, canChange, onChange }: Editing): Column<Permission>[] {
  const isFixed = (entry: Permission): boolean => !canChange || entry.isInherited;
  return [
    { title: 'Who', render: (entry) => <Holder entry={entry} /> },
    {
      title: 'Permission',
      width: 160,
      render: (entry) =>
        isFixed(entry) ? (
          entry.permission
        ) : (
          <Select
            size="xs"
            aria-label={`Permission of ${holderName(entry)}`}
            data={[...levels]}
            value={entry.permission}
            onChange={(level) => level !== null && level !== entry.permission && onChange({ entry, level })}
          />
        ),
    },
    { title: 'Where from', render: (entry) => <Source entry={entry} />, from: 'sm' },
    {
      title: 'Take away',
      isTitleHidden: true,
      width: 60,
      align: 'right',
      render: (entry) =>
        !isFixed(entry) && (
          <ActionIcon
            aria-label={`Take the permission of ${holderName(entry)} away`}
            onClick={() => onChange({ entry, level: '' })}
          >
            <Trash2 size={ICON} aria-hidden />
          </ActionIcon>
        ),
    },
  ];
}

/** Who has a permission, as the list calls them. */
export function holderName({ userLogin, team, builtInRole }: Permission): string {
  return userLogin ?? team ?? builtInRole ?? '';
}

/** Whom a change of it names. */
export function subjectOf({ userId, teamId, builtInRole }: Permission) {
  if (userId !== undefined) return { userId };
  return teamId === undefined ? { builtInRole: builtInRole ?? '' } : { teamId };
}

function Holder({ entry }: { entry: Permission }) {
  const subject = namedBy(entry);
  const { icon: Icon, name: kind } = KINDS[subject?.kind ?? 'role'];
  return (
    <Group gap="sm" wrap="nowrap">
      <Icon size={ICON} aria-hidden style={{ flexShrink: 0 }} />
      <div>
        {subject === undefined ? holderName(entry) : <SubjectLink subject={subject} />}
        <Text size="xs" c="dimmed">
          {kind}
          {entry.inheritedFrom !== undefined && (
            <Text span inherit hiddenFrom="sm">
              , from {entry.inheritedFrom.title}
            </Text>
          )}
        </Text>
      </div>
    </Group>
  );
}

const KINDS = {
  user: { icon: User, name: SUBJECT_NAMES.user },
  'service-account': { icon: Bot, name: SUBJECT_NAMES['service-account'] },
  team: { icon: UsersRound, name: SUBJECT_NAMES.team },
  role: { icon: ShieldCheck, name: 'Basic role' },
};

/** Who has it by name; undefined where a basic role has it. */
function namedBy(entry: Permission): Omit<Subject, 'about'> | undefined {
  const { userId, teamId, isServiceAccount } = entry;
  const name = holderName(entry);
  if (teamId !== undefined) return { kind: 'team', id: teamId, name };
  if (userId === undefined) return undefined;
  return { kind: isServiceAccount ? 'service-account' : 'user', id: userId, name };
}

function Source({ entry: { inheritedFrom } }: { entry: Permission }) {
  if (inheritedFrom === undefined) return 'Given here';
  return (
    <>
      Inherited from{' '}
      <TextLink to="/dashboards/f/$uid" params={{ uid: inheritedFrom.uid }} underline="always">
        {inheritedFrom.title}
      </TextLink>
    </>
  );
}
