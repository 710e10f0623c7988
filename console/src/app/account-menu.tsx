import { Button, Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { ROLE_NAMES } from '../ui/names.js';
import { sessions, useViewer } from './session.js';

const SCHEMES: readonly [MantineColorScheme, string][] = [
  ['light', 'Light'],
  ['dark', 'Dark'],
  ['auto', 'As the system'],
];

export function AccountMenu() {
  const { name, role } = useViewer();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <Button variant="subtle" size="compact-md" aria-label={`Account of ${name}`}>
          {name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{ROLE_NAMES[role]}</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
        >
          {SCHEMES.map(([scheme, label]) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item onClick={() => sessions.end('signed-out')}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
