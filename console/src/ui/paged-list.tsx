import { Button, Center, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Answer } from './answer.js';
import { DataList, type Column } from './data-list.js';
import { Empty } from './empty.js';
import type { PagesQuery } from './use-pages.js';

interface PagedProps<Row> {
  readonly query: PagesQuery<Row>;
  /** When there is no row. */
  readonly empty: string;
  readonly children: (rows: readonly Row[]) => ReactNode;
}

/** Rows page by page, each beginning behind the last row of the one before. */
export function Paged<Row>({ query, empty, children }: PagedProps<Row>) {
  return (
    <Answer query={query}>
      {(rows) => {
        if (rows.length === 0) return <Empty text={empty} />;
        return (
          <Stack>
            {children(rows)}
            {query.hasNextPage && (
              <Center>
                <Button
                  variant="default"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  Show more
                </Button>
              </Center>
            )}
          </Stack>
        );
      }}
    </Answer>
  );
}

interface Props<Row> extends Omit<PagedProps<Row>, 'children'> {
  readonly label: string;
  readonly keyOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
}

export function PagedList<Row>({ query, empty, ...list }: Props<Row>) {
  return (
    <Paged query={query} empty={empty}>
      {(rows) => <DataList {...list} rows={rows} />}
    </Paged>
  );
}
