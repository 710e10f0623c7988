import { errors } from '../errors.js';
import { StorageUnavailable } from '../storage/storage.js';

/** What the store is asked for on somebody's behalf: its own faults are UNAVAILABLE, the rest comes through. */
export function storeAnswers<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    if (error instanceof StorageUnavailable)
      throw errors.unavailable('The store does not answer at the moment. Try again.', { cause: error });
    throw error;
  });
}
