import { createPolymorphicComponent, Group, type GroupProps, Text } from '@mantine/core';

/** The name with its sign. */
function Sign(props: GroupProps) {
  return (
    <Group gap="xs" wrap="nowrap" c="inherit" td="none" {...props}>
      <img src="./public/build/latchkey.svg" width={24} height={24} alt="" />
      <Text span fw={600} size="lg" c="var(--mantine-color-text)" visibleFrom="xs">
        Latchkey
      </Text>
    </Group>
  );
}

export const Logo = createPolymorphicComponent<'div', GroupProps>(Sign);
