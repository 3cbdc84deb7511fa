import type { AnchorHTMLAttributes, Ref } from 'react';

/** What a component takes that stands for a link: its own properties and an anchor's. */
export type LinkLike<Props> = Props &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props> & { ref?: Ref<HTMLAnchorElement> };
