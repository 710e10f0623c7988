import type { OperationName } from './document.js';

/** Their own input says what the state shall be, so the server answers a repetition as done. */
const REPEATABLE_MUTATIONS: readonly string[] = [
  'AppendChunk',
  'FinalizeUpload',
  'CancelUpload',
  'PauseMigration',
  'ResumeMigration',
  'CancelMigration',
  'UpdateMigrationLimits',
];

function hasKey(variables: unknown): boolean {
  const { input } = (variables ?? {}) as { input?: { idempotencyKey?: unknown } | null };
  return typeof input?.idempotencyKey === 'string' && input.idempotencyKey !== '';
}

/** Whether sending the operation twice does what sending it once does. */
export function isIdempotent({ kind, name }: OperationName, variables: unknown): boolean {
  return (
    kind === 'query' || (kind === 'mutation' && (REPEATABLE_MUTATIONS.includes(name) || hasKey(variables)))
  );
}
