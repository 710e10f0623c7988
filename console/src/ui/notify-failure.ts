import { notifications } from '@mantine/notifications';

/** For what was done by a button that has no room for the reason beside it. */
export function notifyFailure({ message }: Error): void {
  notifications.show({ color: 'red', message });
}
