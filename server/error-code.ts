/** The code of a system error (`ENOENT`, `EADDRINUSE`, …). Not by instanceof: errors of another realm have codes too. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
