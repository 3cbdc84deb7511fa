import { Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { LinkLike } from '../lib/link-like.ts';

/** A link within the page that looks like a button. */
export const ButtonLink = createLink((props: LinkLike<ButtonProps>) => <Button component="a" {...props} />);
