import { useLocalStorage } from '@mantine/hooks';

/** Whether single keys do anything: they can be turned off (WCAG 2.1.4), for the whole console. */
export function useShortcutSetting() {
  return useLocalStorage({ key: 'earshot.shortcuts', defaultValue: true });
}
