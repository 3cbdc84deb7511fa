import { notifications } from '@mantine/notifications';
import { problemOf } from './problem.ts';

/** Says in a corner that something was done; screen readers say it too. */
export function tellDone(message: string): void {
  notifications.show({ message, color: 'green', autoClose: 5000, withBorder: true });
}

/** Says in a corner why something small was refused. It stays until it is closed. */
export function tellProblem(error: unknown): void {
  const { title, detail } = problemOf(error);
  notifications.show({ title, message: detail ?? '', color: 'red', autoClose: false, withBorder: true });
}
