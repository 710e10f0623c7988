/**
 * Codes of PostgreSQL (its manual, appendix A) for what may pass by itself: no connection, too many of them, a shutdown,
 * a statement that took too long, a lock that was not to be had, a deadlock.
 */
const PASSING = /^(08...|53300|57P0[1-4]|57014|55P03|40P01)$/;

/** Whether the database could not answer now, and the same question may succeed later. */
export function isOutage(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return typeof error.code === 'string' && PASSING.test(error.code);
}
