import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { EarshotError, UnauthenticatedError } from '@earshot/sdk';
import { sessions } from './session.js';

const endSession = (error: Error): void => {
  if (error instanceof UnauthenticatedError) sessions.end('expired');
};

/** The SDK repeats what may be repeated, and tells when there is no network; a page that is looked at again asks again. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: endSession }),
  mutationCache: new MutationCache({ onError: endSession }),
  defaultOptions: {
    queries: {
      networkMode: 'always',
      staleTime: 15_000,
      retry: (count, error) => count < 1 && isPassing(error),
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

function isPassing(error: Error): boolean {
  return error instanceof EarshotError && error.retryable;
}

// Nothing that one person saw is kept for the next.
sessions.subscribe(() => {
  if (!sessions.state.session) queryClient.clear();
});
