import { newId } from '../entity.js';
import type { JobContext } from '../jobs/job.js';
import type { Logger } from '../logger.js';
import { passingOf, refusalOf } from '../recordings/attempt-failure.js';
import type { MediaPlan } from '../recordings/media-plan.js';
import { RecordingClaim, type ClaimTimes } from '../recordings/recording-claim.js';
import { RecordingMoves, type ClaimOutcome, type FailureFacts } from '../recordings/recording-moves.js';
import { completeAttempt, type StoredAttempt } from '../recordings/store-attempt.js';
import { recordingPrefix } from '../recordings/stored-path.js';
import { deleteBelow } from '../storage/delete-below.js';
import { LengthMismatch, ObjectMissing, type Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';
import type { StoredChunk } from './chunked-bytes.js';
import { settleUpload } from './settle-upload.js';
import { storeUpload } from './store-upload.js';
import { UploadReader } from './upload.reader.js';
import type { UploadSessionType } from './upload.type.js';

/** Another attempt holds the recording. Thrown so that the job is tried again later. */
export class RecordingHeld extends Error {
  override readonly name = 'RecordingHeld';
}

export type IngestContext = Pick<JobContext, 'signal' | 'retryIn'>;

/**
 * From a finalized upload to a stored recording. Safe to run twice, at once or after a kill: an attempt counts only
 * while it holds the recording's claim, and writes under a key of its own.
 */
export class IngestService {
  constructor(
    private readonly transaction: Transaction,
    private readonly storage: Storage,
    private readonly times: ClaimTimes,
    private readonly logger: Logger,
    private readonly media: MediaPlan,
  ) {}

  /** Throws what another try may mend; a refusal is written down and is no exception. */
  async ingest(uploadId: string, { signal, retryIn }: IngestContext): Promise<void> {
    const upload = await this.finalizing(uploadId);
    if (!upload?.recordingId) return;
    const attemptId = newId();
    const recordingId = upload.recordingId;
    const outcome = await this.claim(uploadId, recordingId, attemptId);
    if (outcome.kind === 'held') throw new RecordingHeld('another attempt holds the recording');
    if (outcome.kind === 'settled') return this.conflict(upload);
    if (outcome.tookOver) await this.clear(recordingId);
    using claim = new RecordingClaim(
      recordingId,
      attemptId,
      this.transaction,
      this.times,
      this.logger,
      signal,
    );
    await this.attempt(upload, claim, retryIn);
  }

  /** Every try failed: the upload and its recording say so, and may be tried again by hand. */
  async giveUp(uploadId: string): Promise<void> {
    const upload = await this.finalizing(uploadId);
    if (!upload?.recordingId) return;
    const failure = {
      code: 'INTERNAL',
      message: 'The recording could not be stored, however often it was tried.',
    } as const;
    await this.transaction(async (em) => {
      const code = await new RecordingMoves(em).abandon(upload.recordingId ?? '', failure);
      if (code) await settleUpload(em, uploadId, { ...failure, code });
    });
  }

  private async attempt(upload: UploadSessionType, claim: RecordingClaim, retryIn: number): Promise<void> {
    let stored: StoredAttempt | undefined;
    try {
      stored = await storeUpload(this.storage, upload, await this.chunks(upload), claim);
      if (await this.complete(upload, claim, stored)) return;
      await this.storage.delete(stored.key);
    } catch (error) {
      const failure = failureOf(error);
      if (failure) return this.fail(upload, claim, failure);
      if ((await this.release(claim, retryIn, passingOf(error))) && stored)
        await this.storage.delete(stored.key);
      throw error;
    }
  }

  /**
   * Frees the recording for the next try. Answers whether the attempt is known to have stored nothing: the commit that
   * made it UPLOADED may have succeeded and only its answer been lost.
   */
  private release(
    { recordingId, attemptId }: RecordingClaim,
    retryIn: number,
    failure: FailureFacts | undefined,
  ): Promise<boolean> {
    return this.transaction((em) => new RecordingMoves(em).release(recordingId, attemptId, retryIn, failure));
  }

  private finalizing(uploadId: string): Promise<UploadSessionType | undefined> {
    return this.transaction(async (em) => {
      const upload = await new UploadReader(em).find(uploadId);
      return upload?.status === 'FINALIZING' ? upload : undefined;
    });
  }

  /** What came through the server lies in chunks, what went to the store itself in one object. */
  private async chunks({ id, objectKey, byteSize }: UploadSessionType): Promise<StoredChunk[]> {
    if (objectKey !== null) return [{ key: objectKey, firstByte: 0, byteSize }];
    return this.transaction((em) => new UploadReader(em).chunks(id));
  }

  /** What another upload of the call was refused for does not end this one. */
  private claim(uploadId: string, recordingId: string, attemptId: string): Promise<ClaimOutcome> {
    return this.transaction(async (em) => {
      const moves = new RecordingMoves(em);
      await moves.lock(recordingId);
      const upload = await new UploadReader(em).find(uploadId);
      if (upload?.status === 'FINALIZING') await moves.revive(recordingId);
      return moves.claim(recordingId, attemptId, this.times.lifetime);
    });
  }

  /** What an attempt that died left behind. Only the claim's holder does this, and before it writes anything. */
  private async clear(recordingId: string): Promise<void> {
    await deleteBelow(this.storage, recordingPrefix(recordingId));
  }

  private complete(
    upload: UploadSessionType,
    claim: RecordingClaim,
    stored: StoredAttempt,
  ): Promise<boolean> {
    return this.transaction(async (em) => {
      const completed = await completeAttempt(em, this.media, claim, stored.facts);
      if (completed) await settleUpload(em, upload.id, null);
      return completed;
    });
  }

  private async fail(upload: UploadSessionType, claim: RecordingClaim, failure: FailureFacts): Promise<void> {
    await this.transaction(async (em) => {
      if (await new RecordingMoves(em).fail(claim.recordingId, claim.attemptId, failure))
        await settleUpload(em, upload.id, failure);
    });
  }

  /** Somebody else's recording of this call was verified first. */
  private async conflict(upload: UploadSessionType): Promise<void> {
    const failure = {
      code: 'CONFLICT',
      message: 'Another recording of this call was stored first.',
    } as const;
    await this.transaction((em) => settleUpload(em, upload.id, failure));
  }
}

/** What the bytes are refused for; undefined for all that another try may mend. */
function failureOf(error: unknown): FailureFacts | undefined {
  const refusal = refusalOf(error);
  if (refusal) return refusal;
  if (error instanceof ObjectMissing || error instanceof LengthMismatch) {
    return {
      code: 'TRUNCATED',
      message: 'Bytes of the upload are missing from the store. Upload the file again.',
    };
  }
  return undefined;
}
