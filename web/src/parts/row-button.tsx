import { Button } from '@mantine/core';

interface Props {
  /** What it does. */
  title: string;
  /** To what, for who cannot see the row. */
  of: string;
  isDangerous?: boolean;
  isBusy?: boolean;
  onClick(): void;
}

/** A button in a row of a list. */
export function RowButton({ title, of, isDangerous = false, isBusy = false, onClick }: Props) {
  return (
    <Button
      variant="subtle"
      color={isDangerous ? 'red' : 'gray'}
      c={isDangerous ? 'var(--page-bad)' : 'var(--mantine-color-anchor)'}
      aria-label={`${title} ${of}`}
      loading={isBusy}
      onClick={onClick}
    >
      {title}
    </Button>
  );
}
