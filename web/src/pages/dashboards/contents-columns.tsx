import { Checkbox, Group, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { Folder, LayoutDashboard } from 'lucide-react';
import type { Column } from '../../parts/data-table.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { StarButton } from './star-button.tsx';
import { type Hit, isFolder, nameOf } from './things.ts';

type Selected = ReadonlyMap<string, Hit>;

interface Shown {
  hits: readonly Hit[];
  /** Undefined where nothing can be done to several at once. */
  selection: { selected: Selected; onSelect(next: Selected): void } | undefined;
  /** Whether they lie in different places. */
  withFolder: boolean;
  onTag(tag: string): void;
}

/** The columns of a list of folders and dashboards. */
export function columnsOf({ hits, selection, withFolder, onTag }: Shown): Column<Hit>[] {
  return [
    ...(selection === undefined ? [] : [selectColumn(hits, selection)]),
    { title: 'Name', render: (hit) => <Name hit={hit} /> },
    ...(withFolder ? [FOLDER] : []),
    {
      title: 'Tags',
      from: 'sm',
      render: ({ tags }) => (
        <Group gap={4}>
          {tags.map((tag) => (
            <UnstyledButton key={tag} aria-label={`Filter by the tag ${tag}`} onClick={() => onTag(tag)}>
              <StateTag tone="quiet">{tag}</StateTag>
            </UnstyledButton>
          ))}
        </Group>
      ),
    },
    { title: 'Changed', from: 'md', width: 140, render: ({ updated }) => <TimeText at={updated} /> },
    {
      title: 'Star',
      isTitleHidden: true,
      align: 'right',
      width: 48,
      render: (hit) => !isFolder(hit) && <StarButton {...hit} />,
    },
  ];
}

const FOLDER: Column<Hit> = {
  title: 'Folder',
  from: 'xs',
  render: ({ folderUid, folderTitle }) =>
    folderUid === undefined ? (
      'General'
    ) : (
      <TextLink to="/dashboards/f/$uid" params={{ uid: folderUid }}>
        {folderTitle}
      </TextLink>
    ),
};

function Name({ hit }: { hit: Hit }) {
  const { uid, title } = hit;
  const Icon = isFolder(hit) ? Folder : LayoutDashboard;
  return (
    <Group gap="sm" wrap="nowrap" mih="1.75rem">
      <Icon size={16} aria-hidden color="var(--page-quiet)" style={{ flexShrink: 0 }} />
      <VisuallyHidden>{isFolder(hit) ? 'Folder' : 'Dashboard'}</VisuallyHidden>
      <TextLink to={isFolder(hit) ? '/dashboards/f/$uid' : '/d/$uid'} params={{ uid }}>
        {title}
      </TextLink>
    </Group>
  );
}

function selectColumn(
  hits: readonly Hit[],
  { selected, onSelect }: NonNullable<Shown['selection']>,
): Column<Hit> {
  const count = hits.filter(({ uid }) => selected.has(uid)).length;
  const set = (changed: readonly Hit[], isOn: boolean): void => {
    const next = new Map(selected);
    for (const hit of changed) {
      if (isOn) next.set(hit.uid, hit);
      else next.delete(hit.uid);
    }
    onSelect(next);
  };
  return {
    title: 'Select',
    width: 40,
    heading: (
      <Checkbox
        size="xs"
        aria-label="Select all of this page"
        checked={count > 0 && count === hits.length}
        indeterminate={count > 0 && count < hits.length}
        onChange={(event) => set(hits, event.currentTarget.checked)}
      />
    ),
    render: (hit) => (
      <Checkbox
        size="xs"
        aria-label={`Select the ${nameOf(hit)}`}
        checked={selected.has(hit.uid)}
        onChange={(event) => set([hit], event.currentTarget.checked)}
      />
    ),
  };
}
