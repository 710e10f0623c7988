import { ResponseFormatError } from './errors.js';

/** One page of a connection. */
export interface Page<TNode> {
  readonly nodes: readonly TNode[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/**
 * Every node of a connection, page after page: the next page is fetched when the loop gets there, and none when it
 * stops early. A server whose cursor does not move ends in an error rather than in an endless loop.
 *
 * @param after the cursor to begin behind; the first page when absent
 */
export async function* paginate<TNode>(
  fetchPage: (after: string | undefined) => Promise<Page<TNode>>,
  after?: string,
): AsyncGenerator<TNode, void, undefined> {
  let cursor = after;
  for (;;) {
    const { nodes, pageInfo } = await fetchPage(cursor);
    yield* nodes;
    if (!pageInfo.hasNextPage) return;
    const next = pageInfo.endCursor ?? undefined;
    if (next === undefined || next === cursor) {
      throw new ResponseFormatError('The server promises a next page but its cursor does not move.', {
        code: 'BAD_RESPONSE',
      });
    }
    cursor = next;
  }
}
