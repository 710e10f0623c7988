import type { QueryClient, QueryKey } from '@tanstack/react-query';

/**
 * What was answered under these keys, or keys that begin so, is asked for again. A question still under way may have
 * been asked before the change, and invalidating keeps the first one of a page: it is broken off before.
 */
export async function refresh(queries: QueryClient, ...keys: readonly QueryKey[]): Promise<void> {
  await Promise.all(
    keys.map(async (queryKey) => {
      await queries.cancelQueries({ queryKey });
      await queries.invalidateQueries({ queryKey });
    }),
  );
}

/** The same of everything that shows calls with their recordings. */
export const refreshCalls = (queries: QueryClient): Promise<void> =>
  refresh(queries, ['call-logs'], ['cati-call'], ['cati-calls']);

/** The queue, and what shows how far the review of a call is. */
export const refreshReviews = (queries: QueryClient): Promise<void> =>
  refresh(queries, ['reviews'], ['review-queue'], ['cati-calls'], ['call-review']);
