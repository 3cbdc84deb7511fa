import { ActionIcon, Group, Menu, Text, useMantineColorScheme } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { BookOpen, LogOut, Moon, Sun, SunMoon, User } from 'lucide-react';
import { SERVER_URL } from '../lib/api.ts';
import { MenuLink } from './menu-links.tsx';
import { signOut, useSession } from '../lib/session.ts';

const SCHEMES = [
  { value: 'dark', title: 'Dark', icon: Moon },
  { value: 'light', title: 'Light', icon: Sun },
  { value: 'auto', title: 'As the system has it', icon: SunMoon },
] as const;

/** Who is signed in: their profile, the scheme of this browser, the way out. */
export function PersonMenu() {
  const { user } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const router = useRouter();
  const leave = useMutation({ mutationFn: signOut, onSuccess: () => router.navigate({ to: '/login' }) });
  return (
    <Group gap="xs" wrap="nowrap">
      <ActionIcon
        component="a"
        href={`${SERVER_URL}/api/docs`}
        size="lg"
        aria-label="Read about the API"
        visibleFrom="xs"
      >
        <BookOpen size={18} aria-hidden />
      </ActionIcon>
      <Menu>
        <Menu.Target>
          <ActionIcon
            size="lg"
            radius="xl"
            variant="default"
            aria-label={`${user.login}: profile and sign out`}
          >
            <User size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown miw={200}>
          <Menu.Label>
            {user.name || user.login}
            <Text size="xs">
              {user.login}, {user.isGrafanaAdmin ? 'server administrator' : user.orgRole}
            </Text>
          </Menu.Label>
          <MenuLink to="/profile" leftSection={<User size={14} aria-hidden />}>
            Profile
          </MenuLink>
          <Menu.Divider />
          <Menu.Label>Colours in this browser</Menu.Label>
          {SCHEMES.map(({ value, title, icon: Icon }) => (
            <Menu.Item
              key={value}
              role="menuitemradio"
              aria-checked={colorScheme === value}
              leftSection={<Icon size={14} aria-hidden />}
              fw={colorScheme === value ? 600 : 400}
              onClick={() => setColorScheme(value)}
            >
              {title}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<LogOut size={14} aria-hidden />} onClick={() => leave.mutate()}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
