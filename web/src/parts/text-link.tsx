import { Anchor, type AnchorProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { LinkLike } from '../lib/link-like.ts';

/** A link within the page, whose address and parameters are checked. */
export const TextLink = createLink((props: LinkLike<AnchorProps>) => <Anchor inherit {...props} />);
