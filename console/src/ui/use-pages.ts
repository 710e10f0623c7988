import type { Page } from '@earshot/sdk';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';

/** Rows of a page. */
export const PAGE_SIZE = 50;

/** Its data are the rows of all pages that were asked for. */
export type PagesQuery<Row> = UseInfiniteQueryResult<readonly Row[]>;

const rowsOf = <Row>({ pages }: InfiniteData<Page<Row>>): readonly Row[] =>
  pages.flatMap(({ nodes }) => nodes);

interface Options<Row> {
  /** Milliseconds until these rows are asked for again; false: they stay as they are. */
  readonly refetchInterval?: (rows: readonly Row[]) => number | false;
}

/** A connection of the API, page by page; while a filter changes the rows before stay. */
export function usePages<Row>(
  key: readonly unknown[],
  load: (after: string | undefined, signal: AbortSignal) => Promise<Page<Row>>,
  { refetchInterval = () => false }: Options<Row> = {},
): PagesQuery<Row> {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => load(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ pageInfo }) =>
      pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data ? refetchInterval(rowsOf(state.data)) : false),
    select: rowsOf<Row>,
  });
}
