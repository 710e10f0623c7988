import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { errors, type FailureCode } from '../errors.js';
import { requireId } from '../graphql/inputs.js';
import { isoTime } from '../rows.js';
import { csvRecord } from './csv.js';
import type { ReportFormat } from './migration-enums.js';
import type { ItemStatus } from './migration-item.entity.js';
import type { RunTables } from './run-row.js';

/** Items that are read at a time, so that a report of any length needs no more memory than this. */
const PAGE = 1000;
const START = { at: '0001-01-01 00:00:00+00', id: '00000000-0000-0000-0000-000000000000' };

const COLUMNS = [
  'provider',
  'callId',
  'catiCallId',
  'recordingId',
  'status',
  'code',
  'message',
  'bytes',
  'finishedAt',
] as const;

interface ReportItem {
  provider: string;
  callId: string;
  catiCallId: string;
  recordingId: string;
  status: ItemStatus;
  code: FailureCode | null;
  message: string | null;
  bytes: number | null;
  finishedAt: string;
}

/** A run's items as text, in the order of their doing. */
export class ReportReader {
  constructor(private readonly em: EntityManager) {}

  async assertExists(runId: string): Promise<void> {
    const run = await this.em
      .getKysely<RunTables>()
      .selectFrom('migration_runs')
      .select('id')
      .where('id', '=', requireId('migration', runId))
      .executeTakeFirst();
    if (!run) throw errors.notFound('migration');
  }

  async *lines(runId: string, format: ReportFormat): AsyncGenerator<string, void> {
    if (format === 'CSV') yield csvRecord(COLUMNS);
    let after = START;
    for (;;) {
      const rows = await this.page(runId, after);
      if (rows.length > 0) yield rows.map((row) => lineOf(row, format)).join('');
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = { at: last.finishedAt, id: last.catiCallId };
    }
  }

  private async page(runId: string, after: typeof START): Promise<ReportItem[]> {
    const { rows } = await sql<ReportItem>`
      select provider, call_id as "callId", migration_items.cati_call_id as "catiCallId",
        migration_items.recording_id as "recordingId", migration_items.status, code, message, bytes,
        finished_at as "finishedAt"
      from migration_items join cati_calls on cati_calls.id = migration_items.cati_call_id
      where run_id = ${runId} and (finished_at, migration_items.cati_call_id) > (${after.at}::timestamptz, ${after.id}::uuid)
      order by finished_at, migration_items.cati_call_id limit ${PAGE}`.execute(this.em.getKysely());
    return rows;
  }
}

function lineOf(row: ReportItem, format: ReportFormat): string {
  const item = { ...row, finishedAt: isoTime(row.finishedAt) };
  if (format === 'NDJSON') return `${JSON.stringify(item)}\n`;
  return csvRecord(COLUMNS.map((name) => item[name]));
}
