import { Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { TextLink } from './text-link.tsx';

interface Props {
  title: string;
  /** A line or two below the title: what this is for. */
  about?: ReactNode;
  /** Shown beside the title: tags for its state. */
  tags?: ReactNode;
  /** Buttons, the main one last. */
  actions?: ReactNode;
  /** The pages above this one, from the top. */
  above?: { title: string; to: string }[];
  children: ReactNode;
}

/** What every page has in the same place: its title, what it is for, what can be done. */
export function PageFrame({ title, about, tags, actions, above, children }: Props) {
  useDocumentTitle(`${title} · Latchkey`);
  return (
    <Stack gap="md">
      {above !== undefined && (
        <Breadcrumbs component="nav" aria-label="Where this page lies" separatorMargin="xs" fz="sm">
          {above.map((page) => (
            <TextLink key={page.to} to={page.to}>
              {page.title}
            </TextLink>
          ))}
          <Text size="sm" c="dimmed" aria-current="page" truncate>
            {title}
          </Text>
        </Breadcrumbs>
      )}
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} miw={0} flex="1 1 20rem">
          <Group gap="sm">
            <Title order={1} style={{ overflowWrap: 'anywhere' }}>
              {title}
            </Title>
            {tags}
          </Group>
          {about !== undefined && (
            <Text c="dimmed" size="sm" maw="46rem" component="div">
              {about}
            </Text>
          )}
        </Stack>
        {actions !== undefined && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
