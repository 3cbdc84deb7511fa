import { Anchor, Group, List, Stack, Text, Title } from '@mantine/core';
import { CircleCheck } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { StateTag } from '../../parts/state-tag.tsx';
import { TextLink } from '../../parts/text-link.tsx';

export interface Item {
  key: string;
  name: string;
  to: string;
  /** What it is, and of which account. */
  of?: string;
  about: ReactNode;
}

interface Props {
  title: string;
  /** The most urgent of them. */
  items: Item[];
  count: number;
  /** Said when there are none: good news. */
  none: string;
  /** What to do about them. */
  advice: string;
}

const SHOWN_AT_FIRST = 5;

/** A few things that somebody should look at, and what to do about them. */
export function AttentionList({ title, items, count, none, advice }: Props) {
  const [showsAll, setShowsAll] = useState(false);
  const shown = showsAll ? items : items.slice(0, SHOWN_AT_FIRST);
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Title order={3}>{title}</Title>
        {count > 0 && <StateTag tone="warning">{count.toLocaleString('en')}</StateTag>}
      </Group>
      {count === 0 && (
        <Group gap="sm" wrap="nowrap" align="flex-start">
          <CircleCheck size={18} color="var(--page-good)" aria-hidden style={{ flexShrink: 0 }} />
          <Text size="sm">{none}</Text>
        </Group>
      )}
      <List listStyleType="none" spacing="xs" size="sm">
        {shown.map(({ key, name, to, of, about }) => (
          <List.Item key={key} styles={{ itemWrapper: { display: 'block' } }}>
            <TextLink to={to} style={{ overflowWrap: 'anywhere' }}>
              {name}
            </TextLink>
            <Text size="xs" c="dimmed" component="div">
              {of !== undefined && `${of}, `}
              {about}
            </Text>
          </List.Item>
        ))}
      </List>
      {items.length > SHOWN_AT_FIRST && (
        <Anchor
          component="button"
          type="button"
          size="sm"
          ta="left"
          aria-expanded={showsAll}
          onClick={() => setShowsAll(!showsAll)}
        >
          {showsAll ? 'Show fewer' : `Show ${items.length - SHOWN_AT_FIRST} more`}
        </Anchor>
      )}
      {showsAll && count > items.length && (
        <Text size="xs" c="dimmed">
          These are the {items.length} most urgent of {count.toLocaleString('en')}.
        </Text>
      )}
      {count > 0 && (
        <Text size="sm" c="dimmed">
          {advice}
        </Text>
      )}
    </Stack>
  );
}
