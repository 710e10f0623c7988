import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { elevate } from '../database-session.js';
import { errors } from '../errors.js';
import type { JobQueue } from '../jobs/queue.js';
import { RecordingMoves } from '../recordings/recording-moves.js';
import { Recording } from '../recordings/recording.entity.js';
import type { Transaction } from '../unit-of-work.js';
import type { IngestJob } from './ingest.job.js';
import { notOpen } from './chunk-writer.js';
import { UploadSession } from './upload-session.entity.js';

/** All bytes are there: the call gets its recording, and verifying it is queued, in one transaction. */
export class FinalizeUpload {
  constructor(
    private readonly transaction: Transaction,
    private readonly queue: JobQueue,
    private readonly job: IngestJob,
  ) {}

  /** Called again, it changes nothing. `arrived`: the object that was found in the store, whole. */
  finalize(uploadId: string, sha256: string | undefined, arrived?: string): Promise<void> {
    return this.transaction(async (em) => {
      const session = await em.findOneOrFail(
        UploadSession,
        { id: uploadId },
        { lockMode: LockMode.PESSIMISTIC_WRITE },
      );
      if (arrived !== undefined && session.objectKey === arrived && session.status === 'OPEN')
        session.receivedBytes = session.byteSize;
      await this.finalizeIn(em, session, sha256);
    });
  }

  /** The session must be locked, or made, by the caller's transaction. */
  async finalizeIn(em: EntityManager, session: UploadSession, sha256: string | undefined): Promise<void> {
    if (sha256 !== undefined && session.sha256 !== null && session.sha256 !== sha256) {
      throw errors.badInput('sha256', 'This is not the SHA-256 that the upload was requested with.');
    }
    if (session.status === 'CANCELLED' || session.status === 'EXPIRED') throw notOpen(session);
    if (session.status !== 'OPEN') return;
    if (session.receivedBytes < session.byteSize)
      throw errors.uploadIncomplete(session.receivedBytes, session.byteSize);

    session.recording = em.getReference(Recording, await this.recordingOf(em, session));
    session.sha256 ??= sha256 ?? null;
    session.status = 'FINALIZING';
    session.finalizedAt = new Date();
    await em.flush();
    await this.queue.send(em, this.job, { uploadId: session.id }, { key: session.id });
  }

  /** The call's current recording, planned again; or a new one where there is none, or where it was removed. */
  private async recordingOf(em: EntityManager, session: UploadSession): Promise<string> {
    const owner = session.callLog ?? session.catiCall;
    if (!owner) throw new Error('an upload belongs to a call');
    const call = await em.refreshOrFail(owner, { lockMode: LockMode.PESSIMISTIC_WRITE });
    const current = call.recording && (await em.refreshOrFail(call.recording));
    if (current && current.errorCode !== 'REMOVED') {
      if (await new RecordingMoves(em).plan(current.id)) return current.id;
      throw errors.conflict('This call has a recording already. Delete that one first.');
    }
    // Nobody sees a recording before a call owns it.
    await elevate(em);
    const recording = em.create(Recording, { status: 'PENDING' });
    call.recording = recording;
    await em.flush();
    return recording.id;
  }
}
