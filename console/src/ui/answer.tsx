import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorNotice } from './error-notice.js';
import { Loading } from './loading.js';

interface Props<T> {
  readonly query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>;
  readonly children: (data: T) => ReactNode;
}

/** What a query answered; what is there stays while a later try fails. */
export function Answer<T>({ query, children }: Props<T>) {
  const { data, error, refetch } = query;
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {data === undefined ? !error && <Loading /> : children(data)}
    </>
  );
}
