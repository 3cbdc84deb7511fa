import { ActionIcon, Box, Collapse, Group, NavLink, type NavLinkProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { createLink } from '@tanstack/react-router';
import { ChevronDown, ChevronRight, type LucideIcon } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import type { LinkLike } from '../lib/link-like.ts';

const ICON = 16;

// The entry below is the page that one is on, and not the title as well.
const TitleLink = createLink((props: LinkLike<NavLinkProps>) => (
  <NavLink component="a" {...props} aria-current={undefined} />
));

interface Props {
  title: string;
  icon: LucideIcon;
  /** The first page of the section, where its title leads. */
  to: string;
  onChoice(): void;
  children: ReactNode;
}

/**
 * A section of the main menu. Its title leads to its first page and never closes it, so that who is told to click the title and then
 * an entry finds the entry.
 */
export function MenuSection({ title, icon: Icon, to, onChoice, children }: Props) {
  const [isOpen, { open, toggle }] = useDisclosure(true);
  const id = useId();
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <Group gap={0} wrap="nowrap">
        <TitleLink
          to={to}
          label={title}
          leftSection={<Icon size={ICON} aria-hidden />}
          onClick={() => {
            open();
            onChoice();
          }}
        />
        <ActionIcon
          aria-label={`${title}: ${isOpen ? 'hide' : 'show'} the entries`}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={toggle}
        >
          <Chevron size={ICON} aria-hidden />
        </ActionIcon>
      </Group>
      <Collapse expanded={isOpen} id={id}>
        <Box pl="1.25rem">{children}</Box>
      </Collapse>
    </>
  );
}
