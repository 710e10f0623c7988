import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { FailureCode } from '../errors.js';
import { MEDIA_SECONDS } from './media-moves.js';
import type { MediaPlan } from './media-plan.js';
import type { RecordingClaim } from './recording-claim.js';
import type { StoredFacts } from './recording-moves.js';
import type { RecordingStatus } from './recording.entity.js';

export interface FinishedAttempt extends Pick<RecordingClaim, 'recordingId' | 'attemptId'> {
  readonly facts: StoredFacts;
}

/**
 * `settled`, `gone`, `removed`: its claim was lost, and the recording is stored by another, gone at its source, or
 * deleted by a person or a rule. `lost`: only the claim is.
 */
export type Completion = 'completed' | 'settled' | 'gone' | 'removed' | 'lost';

/**
 * PENDING → UPLOADED for each attempt that still holds its recording, by one statement; and what players need of it is
 * on its way. The same bytes as another's are flagged: of two that are stored at once, the second one waits. Asked
 * again, because the answer was lost, it answers the same. Recordings are locked by id, so that no two groups wait for
 * each other.
 */
export async function completeAttempts(
  em: EntityManager,
  media: MediaPlan,
  attempts: readonly FinishedAttempt[],
): Promise<Completion[]> {
  await lockHashes(em, attempts);
  const { rows } = await sql<Row>`
    with done as (
      select * from json_to_recordset(${JSON.stringify(attempts.map(rowOf))}::json) as done(id uuid, attempt_id uuid,
        recording_path text, content_type text, codec text, byte_size bigint, duration_ms int, sha256 text, flags text[])
    ), held as materialized (
      select done.* from done join recordings on recordings.id = done.id
      where status = 'PENDING' and claim_id = attempt_id
      order by done.id for update of recordings
    ), completed as (
      update recordings set status = 'UPLOADED', updated_at = now(), uploaded_at = now(),
        recording_path = held.recording_path, content_type = held.content_type, codec = held.codec,
        byte_size = held.byte_size, duration_ms = held.duration_ms, sha256 = held.sha256,
        flags = case when
          exists (select from recordings as other
            where other.sha256 = held.sha256 and other.status = 'UPLOADED' and other.id <> held.id)
          or exists (select from held as earlier where earlier.sha256 = held.sha256 and earlier.id < held.id)
          then held.flags || 'DUPLICATE'::text else held.flags end,
        playback_path = null, playback_byte_size = null, peaks_path = null, silences = null, loudness = null,
        media_made_at = null, media_tries = 0, media_error = null,
        media_due_at = now() + make_interval(secs => ${MEDIA_SECONDS}),
        error_code = null, error_message = null, error_at = null, next_attempt_at = null, not_found_since = null,
        claim_id = null, claimed_until = null
      from held where recordings.id = held.id and status = 'PENDING' and claim_id = attempt_id
      returning held.attempt_id
    )
    select done.id, done.attempt_id, completed.attempt_id is not null as completed, recordings.status,
      recordings.error_code,
      recordings.recording_path is not distinct from done.recording_path as ours
    from done join recordings on recordings.id = done.id
    left join completed on completed.attempt_id = done.attempt_id`.execute(em.getKysely());
  const found = new Map(rows.map((row) => [row.attempt_id, row]));
  await media.send(
    em,
    rows.flatMap(({ id, completed }) => (completed ? id : [])),
  );
  return attempts.map(({ attemptId }) => completionOf(found.get(attemptId)));
}

interface Row {
  id: string;
  attempt_id: string;
  completed: boolean;
  /** As it was before. */
  status: RecordingStatus;
  error_code: FailureCode | null;
  ours: boolean;
}

function completionOf(row: Row | undefined): Completion {
  if (row?.completed || (row?.status === 'UPLOADED' && row.ours)) return 'completed';
  if (row?.status === 'DELETED') return row.error_code === 'REMOVED' ? 'removed' : 'gone';
  return row?.status === 'UPLOADED' ? 'settled' : 'lost';
}

/** A statement of its own, before: the next one then sees what whoever had the lock has written. */
async function lockHashes(em: EntityManager, attempts: readonly FinishedAttempt[]): Promise<void> {
  const names = attempts.map(({ facts }) => `earshot.sha256:${facts.sha256}`);
  await sql`select pg_advisory_xact_lock(hash) from (
    select distinct hashtextextended(name, 0) as hash from unnest(${names}::text[]) as name order by 1) as hashes`.execute(
    em.getKysely(),
  );
}

function rowOf({ recordingId, attemptId, facts }: FinishedAttempt) {
  return {
    id: recordingId,
    attempt_id: attemptId,
    recording_path: facts.recordingPath,
    content_type: facts.contentType,
    codec: facts.codec,
    byte_size: facts.byteSize,
    duration_ms: facts.durationMs,
    sha256: facts.sha256,
    flags: facts.flags,
  };
}
