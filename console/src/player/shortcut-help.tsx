import { CloseButton, Group, Kbd, Modal, Stack, Switch, Table } from '@mantine/core';
import { SHORTCUTS, TEXT } from './text.js';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly areOn: boolean;
  /** Single keys must be possible to turn off (WCAG 2.1.4). */
  readonly onToggle: (areOn: boolean) => void;
}

export function ShortcutHelp({ opened, onClose, areOn, onToggle }: Props) {
  return (
    <Modal.Root opened={opened} onClose={onClose} withinPortal={false}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <Contents {...{ onClose, areOn, onToggle }} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Contents({ onClose, areOn, onToggle }: Omit<Props, 'opened'>) {
  return (
    <Stack>
      <Group justify="space-between">
        <Modal.Title>{TEXT.help}</Modal.Title>
        <CloseButton aria-label="Close" onClick={onClose} />
      </Group>
      <Table withRowBorders={false}>
        <Table.Tbody>
          {SHORTCUTS.map(([keys, does]) => (
            <Table.Tr key={keys}>
              <Table.Th scope="row">
                <Kbd>{keys}</Kbd>
              </Table.Th>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Switch
        label={TEXT.shortcutsOn}
        checked={areOn}
        onChange={({ currentTarget }) => onToggle(currentTarget.checked)}
      />
    </Stack>
  );
}
