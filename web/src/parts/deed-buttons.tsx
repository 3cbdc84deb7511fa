import { Button } from '@mantine/core';

interface Named {
  title: string;
  isDangerous: boolean;
}

/** A button for each thing that can be done to what a page is about. */
export function DeedButtons<Deed extends Named>({
  deeds,
  onAsk,
}: {
  deeds: readonly Deed[];
  onAsk(deed: Deed): void;
}) {
  return deeds.map((deed) => (
    <Button
      key={deed.title}
      variant="default"
      c={deed.isDangerous ? 'var(--page-bad)' : 'var(--mantine-color-text)'}
      onClick={() => onAsk(deed)}
    >
      {deed.title}
    </Button>
  ));
}
