import { sql, type Expression, type RawBuilder, type SqlBool } from 'kysely';
import { likePattern, sameId } from '../graphql/conditions.js';
import { boundedText, wholeText } from '../graphql/inputs.js';
import type { PageOrder } from '../graphql/keyset.js';
import { lower } from '../graphql/ordering.js';
import { REVIEW_STATUS, type ReviewStatus } from './review-status.js';
import type { CatiCallFilter, CatiCallOrder } from './cati-call.inputs.js';

export function catiCallOrder(
  { field, direction }: CatiCallOrder = { field: 'STARTED_AT', direction: 'DESC' },
): PageOrder {
  const base = {
    name: `CATI_CALLS ${field} ${direction}`,
    direction: lower(direction),
    id: sql<string>`cati_calls.id`,
    type: 'timestamptz' as const,
  };
  if (field === 'STARTED_AT') return { ...base, value: STARTED };
  return { ...base, value: sql<string>`recordings.source_expires_at`, idElsewhere: true };
}

/** What a filter is put over: `joined` has the calls' recordings beside them already. */
export interface Filtered {
  seesNumbers: boolean;
  joined: boolean;
}

/** The conditions of a filter over `cati_calls`; every one must hold. */
export function catiCallConditions(
  filter: CatiCallFilter | null | undefined,
  { seesNumbers, joined }: Filtered,
): Expression<SqlBool>[] {
  const where: Expression<SqlBool>[] = [];
  if (!filter) return where;
  const search = boundedText('filter.search', filter.search, 100);
  const provider = wholeText('filter.provider', filter.provider, 40);
  const campaign = wholeText('filter.campaign', filter.campaign, 200);
  if (provider !== undefined) where.push(sql<SqlBool>`cati_calls.provider = ${provider}`);
  if (filter.status) where.push(sql<SqlBool>`cati_calls.status = any(${filter.status})`);
  if (campaign !== undefined) where.push(sql<SqlBool>`cati_calls.campaign = ${campaign}`);
  if (filter.interviewerId != null) where.push(sameId('cati_calls.interviewer_id', filter.interviewerId));
  if (search !== undefined) where.push(found(search, seesNumbers));
  if (filter.startedAfter) where.push(sql<SqlBool>`${STARTED} >= ${filter.startedAfter}`);
  if (filter.startedBefore) where.push(sql<SqlBool>`${STARTED} < ${filter.startedBefore}`);
  if (filter.reviewStatus) where.push(reviewed(filter.reviewStatus));
  const ofRecording = recordingConditions(filter);
  if (joined) return where.concat(ofRecording);
  if (ofRecording.length > 0) {
    where.push(sql<SqlBool>`exists (
      select from recordings where recordings.id = cati_calls.recording_id and ${sql.join(ofRecording, sql` and `)})`);
  }
  return where;
}

const STARTED = sql<string>`cati_calls.began_at`;

function recordingConditions(filter: CatiCallFilter): RawBuilder<SqlBool>[] {
  const where: RawBuilder<SqlBool>[] = [];
  if (filter.recordingStatus) where.push(sql`recordings.status = any(${filter.recordingStatus})`);
  if (filter.failureCode) where.push(sql`recordings.error_code = any(${filter.failureCode})`);
  if (filter.flags) where.push(sql`recordings.flags @> ${filter.flags}`);
  if (filter.expiresBefore) {
    where.push(
      sql`recordings.source_expires_at < ${filter.expiresBefore} and recordings.status in ('EXPECTED', 'PENDING', 'FAILED')`,
    );
  }
  return where;
}

function reviewed(status: readonly ReviewStatus[]): RawBuilder<SqlBool> {
  return sql`exists (
    select from reviews where reviews.cati_call_id = cati_calls.id and ${REVIEW_STATUS} = any(${status}))`;
}

/** A number that is masked cannot be searched for either: trying digits would unmask it. */
function found(search: string, seesNumbers: boolean): RawBuilder<SqlBool> {
  const byCallId = sql<SqlBool>`cati_calls.call_id like ${likePattern(search, 'start')}`;
  if (!seesNumbers) return byCallId;
  const part = likePattern(search, 'anywhere');
  return sql<SqlBool>`(${byCallId} or cati_calls.from_number like ${part} or cati_calls.to_number like ${part})`;
}
