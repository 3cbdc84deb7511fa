import { ActionIcon, type ActionIconProps, Menu } from '@mantine/core';
import { EllipsisVertical } from 'lucide-react';
import { type ComponentProps, type ReactNode, useState } from 'react';
import { flushSync } from 'react-dom';

interface Props {
  of: string;
  children: ReactNode;
}

/** What can be done to one row of a list, behind a button that says which. */
export function RowMenu({ of, children }: Props) {
  const [isThere, setIsThere] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  const makeAndOpen = (): void => {
    // Only what was there before it opened knows where to give the focus back.
    flushSync(() => setIsThere(true));
    setIsOpen(true);
  };
  // Lists have many of them, of which few are opened: the rest are but a button.
  if (!isThere) return <Dots of={of} aria-haspopup="menu" onClick={makeAndOpen} />;
  return (
    <Menu opened={isOpen} onChange={setIsOpen}>
      <Menu.Target>
        <Dots of={of} autoFocus />
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}

function Dots({ of, ...rest }: { of: string } & ActionIconProps & ComponentProps<'button'>) {
  return (
    <ActionIcon aria-label={`Actions for ${of}`} {...rest}>
      <EllipsisVertical size={16} aria-hidden />
    </ActionIcon>
  );
}
