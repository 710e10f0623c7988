import { isoTime, isoTimeOrNull } from '../rows.js';
import { MigrationProgressType, MigrationType } from './migration.type.js';
import type { RunRow } from './run-row.js';

/** A run as the API shows it. */
export function toMigration(row: RunRow): MigrationType {
  return Object.assign(new MigrationType(), {
    id: row.id,
    status: row.status,
    dryRun: row.dry_run,
    statusReason: row.status_reason,
    createdAt: isoTime(row.inserted_at),
    startedAt: isoTimeOrNull(row.started_at),
    finishedAt: isoTimeOrNull(row.finished_at),
    startedById: row.started_by_id,
    plan: row.plan,
    options: {
      batchSize: row.batch_size,
      delayMs: row.delay_ms,
      maxCalls: row.max_calls,
      skipUploaded: row.skip_uploaded,
      concurrency: row.concurrency,
      requestsPerMinute: row.requests_per_minute,
      maxBytesPerSecond: row.max_bytes_per_second,
      order: row.sort_order,
    },
    progress: progressOf(row),
  });
}

function progressOf(row: RunRow): MigrationProgressType {
  // Copying begins before the calls are counted: until then, all is 0.
  const { total, uploaded, skipped, deleted, failed, bytes } =
    row.total === null ? NOTHING : { ...row, total: row.total };
  return Object.assign(new MigrationProgressType(), {
    runId: row.id,
    status: row.status,
    total,
    uploaded,
    skipped,
    deleted,
    failed,
    remaining: total - uploaded - skipped - deleted - failed,
    bytes,
  });
}

const NOTHING = { total: 0, uploaded: 0, skipped: 0, deleted: 0, failed: 0, bytes: 0 };
