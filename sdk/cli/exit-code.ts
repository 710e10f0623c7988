import type { Migration } from '../core/index.js';

/** How the command ends; `--help` tells the same. */
export const EXIT = { success: 0, someFailed: 1, usage: 2, fault: 3, interrupted: 130 } as const;

/** Of a run that is over, or stands still. `interrupted`: it was this command that paused it. */
export function exitCodeOf({ status, progress }: Migration, interrupted: boolean): number {
  if (status === 'SUCCEEDED') return progress.failed > 0 ? EXIT.someFailed : EXIT.success;
  return interrupted ? EXIT.interrupted : EXIT.fault;
}
