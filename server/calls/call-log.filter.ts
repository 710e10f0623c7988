import { sql, type Expression, type SqlBool } from 'kysely';
import { sameId } from '../graphql/conditions.js';
import type { PageOrder } from '../graphql/keyset.js';
import { lower } from '../graphql/ordering.js';
import type { CallLogFilter, CallLogOrder } from './call-log.inputs.js';

export function callLogOrder(
  { field, direction }: CallLogOrder = { field: 'STARTED_AT', direction: 'DESC' },
): PageOrder {
  return {
    name: `CALL_LOGS ${field} ${direction}`,
    direction: lower(direction),
    id: sql<string>`call_logs.id`,
    value: field === 'STARTED_AT' ? sql<string>`call_logs.started_at` : sql<string>`call_logs.inserted_at`,
    type: 'timestamptz',
  };
}

/** The conditions of a filter over `call_logs`; every one must hold. */
export function callLogConditions(filter: CallLogFilter | null | undefined): Expression<SqlBool>[] {
  const where: Expression<SqlBool>[] = [];
  if (!filter) return where;
  if (filter.leadId != null) where.push(sameId('call_logs.lead_id', filter.leadId));
  if (filter.telecallerId != null) where.push(sameId('call_logs.telecaller_id', filter.telecallerId));
  if (filter.outcome) where.push(sql<SqlBool>`call_logs.outcome = any(${filter.outcome})`);
  if (filter.hasRecording === true) where.push(recordingIs(['UPLOADED']));
  if (filter.hasRecording === false) where.push(sql<SqlBool>`not ${recordingIs(['UPLOADED'])}`);
  if (filter.recordingStatus) where.push(recordingIs(filter.recordingStatus));
  if (filter.startedAfter) where.push(sql<SqlBool>`call_logs.started_at >= ${filter.startedAfter}`);
  if (filter.startedBefore) where.push(sql<SqlBool>`call_logs.started_at < ${filter.startedBefore}`);
  return where;
}

function recordingIs(statuses: readonly string[]) {
  return sql<SqlBool>`exists (
    select from recordings where recordings.id = call_logs.recording_id and recordings.status = any(${statuses}))`;
}
