import { NotFoundError } from './errors.js';

/** What a query answered; null, for what is not there or hidden, becomes NotFoundError. */
export function found<T>(what: string, value: T | null): T {
  if (value !== null) return value;
  throw new NotFoundError(`There is no such ${what}, or you may not see it.`, { code: 'NOT_FOUND' });
}
