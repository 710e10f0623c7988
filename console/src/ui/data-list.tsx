import { Card, Group, Stack, Table, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
}

interface Props<Row> {
  /** What the list is, for a screen reader. */
  readonly label: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** The first names the row. */
  readonly columns: readonly Column<Row>[];
}

/** A table; on a phone a list of cards with the same facts. */
export function DataList<Row>(props: Props<Row>) {
  const isWide = useMediaQuery('(min-width: 48em)', true, { getInitialValueInEffect: false });
  return isWide ? <WideList {...props} /> : <NarrowList {...props} />;
}

function WideList<Row>({ label, rows, keyOf, columns }: Props<Row>) {
  return (
    <Table.ScrollContainer minWidth={640} type="native" tabIndex={0} role="group" aria-label={label}>
      <Table highlightOnHover verticalSpacing="xs" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ header }) => (
              <Table.Th key={header} scope="col">
                {header}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={keyOf(row)}>
              {columns.map(({ header, cell }, index) => (
                <Table.Td key={header} style={index === 0 ? { whiteSpace: 'nowrap' } : undefined}>
                  {cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function NarrowList<Row>({ label, rows, keyOf, columns }: Props<Row>) {
  const [name, ...facts] = columns;
  return (
    <Stack component="ul" gap="xs" p={0} m={0} aria-label={label} style={{ listStyle: 'none' }}>
      {rows.map((row) => (
        <Card component="li" key={keyOf(row)} withBorder padding="sm">
          {name?.cell(row)}
          {facts.map(({ header, cell }) => (
            <Group key={header} justify="space-between" gap="xs" wrap="nowrap" align="start">
              <Text size="sm" c="dimmed">
                {header}
              </Text>
              <Text size="sm" component="div" ta="right" style={{ overflowWrap: 'anywhere' }}>
                {cell(row)}
              </Text>
            </Group>
          ))}
        </Card>
      ))}
    </Stack>
  );
}
