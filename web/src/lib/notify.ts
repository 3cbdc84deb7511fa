import { notifications } from '@mantine/notifications';

/** Says in a corner that something was done; screen readers say it too. */
export function tellDone(message: string): void {
  notifications.show({ message, color: 'green', autoClose: 5000, withBorder: true });
}
