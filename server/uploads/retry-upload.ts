import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { elevate } from '../database-session.js';
import type { FailureCode } from '../errors.js';
import type { JobQueue } from '../jobs/queue.js';
import { RecordingMoves } from '../recordings/recording-moves.js';
import type { IngestJob } from './ingest.job.js';

/** Nothing of these uploads' own bytes was at fault: another try wants them, so they are kept for a while. */
export const MAY_BE_MENDED: readonly FailureCode[] = ['STORAGE_UNAVAILABLE', 'INTERNAL'];

/**
 * Verifies the latest upload of a recording again, or at once where its next try waits. False: there is none whose bytes
 * are still there. Whoever may retry recordings need not see uploads, which are their owners'.
 */
export async function retryUpload(
  em: EntityManager,
  recordingId: string,
  queue: JobQueue,
  job: IngestJob,
): Promise<boolean> {
  await elevate(em);
  const uploadId = (await waiting(em, recordingId)) ?? (await revived(em, recordingId));
  if (uploadId === undefined) return false;
  await queue.send(em, job, { uploadId }, { key: uploadId });
  return true;
}

async function waiting(em: EntityManager, recordingId: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select upload_sessions.id from upload_sessions join recordings on recordings.id = recording_id
    where recording_id = ${recordingId} and upload_sessions.status = 'FINALIZING'
      and (claimed_until is null or claimed_until <= now()) limit 1`.execute(em.getKysely());
  return rows[0]?.id;
}

async function revived(em: EntityManager, recordingId: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    update upload_sessions set status = 'FINALIZING', finalized_at = now(),
      error_code = null, error_message = null, error_at = null,
      -- Another upload may have it by now, or ask for it just while this one is verified.
      idempotency_key = null
    where id = (
      select id from upload_sessions
      where recording_id = ${recordingId} and status = 'FAILED' and collected_at is null
        and error_code = any(${MAY_BE_MENDED}) and expires_at > now()
      order by finalized_at desc limit 1)
    returning id`.execute(em.getKysely());
  const [upload] = rows;
  return upload && (await new RecordingMoves(em).plan(recordingId)) ? upload.id : undefined;
}
