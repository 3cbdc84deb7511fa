import { Menu, type MenuItemProps, NavLink, type NavLinkProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { LinkLike } from '../lib/link-like.ts';

/** A link within the page as an entry of a menu that opens. */
export const MenuLink = createLink((props: LinkLike<MenuItemProps>) => (
  <Menu.Item component="a" {...props} />
));

/** The same in the main menu. */
export const NavigationLink = createLink((props: LinkLike<NavLinkProps>) => (
  <NavLink component="a" {...props} />
));
