import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type ExpressionBuilder, type UpdateQueryBuilder } from 'kysely';
import type { FailureCode } from '../errors.js';
import { inSeconds, type Tables } from '../rows.js';
import type { RecordingFlag, RecordingSchema } from './recording.entity.js';

type DB = Tables<typeof RecordingSchema>;

export interface StoredFacts {
  recordingPath: string;
  contentType: string;
  codec: string;
  byteSize: number;
  durationMs: number | null;
  sha256: string;
  flags: RecordingFlag[];
}

export interface FailureFacts {
  code: FailureCode;
  message: string;
}

export type ClaimOutcome =
  | {
      kind: 'claimed';
      /** Another attempt died while it held the recording, and may have left objects. */ tookOver: boolean;
    }
  /** Somebody else works on it. */
  | { kind: 'held' }
  /** It is UPLOADED or DELETED: nothing to claim. */
  | { kind: 'settled' };

/**
 * Every move of a recording's status, each one compare-and-set:
 *
 * EXPECTED → PENDING → UPLOADED | FAILED; FAILED → PENDING; EXPECTED, PENDING → DELETED; gone at its source → PENDING;
 * whatever a person removes → DELETED, which nothing brings back.
 *
 * Whoever works on a recording claims it for a time and renews the claim; what a claim's holder writes counts only
 * while the claim is still theirs. A dead holder's claim runs out, and the next one takes over.
 */
export class RecordingMoves {
  constructor(private readonly em: EntityManager) {}

  /** To PENDING, for work that was just queued, from all but UPLOADED (false) and what was removed (false). */
  async plan(id: string): Promise<boolean> {
    const moved = await this.update(id)
      .set({ status: 'PENDING', next_attempt_at: null, tries: 0, ...OF_PENDING })
      .where(MAY_BE_PLANNED)
      .executeTakeFirst();
    return moved.numUpdatedRows === 1n;
  }

  /**
   * To PENDING, for a copy from the provider in so many seconds, of which `tries` are over already. From all but what is
   * stored, removed, or held by somebody at work (false).
   */
  async planCopy(id: string, seconds: number, tries = 0): Promise<boolean> {
    const moved = await this.update(id)
      .set({ status: 'PENDING', next_attempt_at: inSeconds(seconds), tries, ...OF_PENDING })
      .where(MAY_BE_PLANNED)
      .where(IS_FREE)
      .executeTakeFirst();
    return moved.numUpdatedRows === 1n;
  }

  /** Another time for a try that is planned; what somebody holds, and what is settled, stays as it is. */
  async defer(id: string, seconds: number): Promise<void> {
    await this.update(id)
      .set({ next_attempt_at: inSeconds(seconds) })
      .where('status', 'in', ['EXPECTED', 'PENDING'])
      .where(IS_FREE)
      .execute();
  }

  /** PENDING → PENDING, held by this attempt until `seconds` from now. */
  async claim(id: string, attemptId: string, seconds: number): Promise<ClaimOutcome> {
    const before = await this.em
      .getKysely<DB>()
      .selectFrom('recordings')
      .select(['status', 'claim_id', sql<boolean>`claimed_until > now()`.as('held')])
      .where('id', '=', id)
      .executeTakeFirst();
    if (before?.status !== 'PENDING') return { kind: 'settled' };
    if (before.held) return { kind: 'held' };
    const claimed = await this.update(id)
      .set({
        claim_id: attemptId,
        claimed_until: inSeconds(seconds),
        attempts: sql`attempts + 1`,
        tries: sql`tries + 1`,
        next_attempt_at: null,
      })
      .where('status', '=', 'PENDING')
      .where(IS_FREE)
      .executeTakeFirst();
    return claimed.numUpdatedRows === 1n
      ? { kind: 'claimed', tookOver: before.claim_id !== null }
      : { kind: 'held' };
  }

  /** False: the claim is lost, and so is what this attempt did. */
  async renew(id: string, attemptId: string, seconds: number): Promise<boolean> {
    return this.held(this.update(id).set({ claimed_until: inSeconds(seconds) }), attemptId);
  }

  /** PENDING → PENDING, free for the next try in so many seconds, with what this one failed for. False: it was not held. */
  async release(
    id: string,
    attemptId: string,
    seconds: number,
    failure: FailureFacts | undefined,
  ): Promise<boolean> {
    const error = failure ? failed(failure) : {};
    return this.held(
      this.update(id).set({ ...error, next_attempt_at: inSeconds(seconds), ...RELEASED }),
      attemptId,
    );
  }

  /** As release, of a try that was none: the source was not ready, or nobody could have fetched anything. */
  async postpone(
    id: string,
    attemptId: string,
    seconds: number,
    failure: FailureFacts | undefined,
  ): Promise<boolean> {
    const error = failure ? failed(failure) : {};
    return this.held(
      this.update(id).set({ ...error, ...UNCOUNTED, next_attempt_at: inSeconds(seconds), ...RELEASED }),
      attemptId,
    );
  }

  /** PENDING → DELETED: the provider has deleted it, beyond doubt. */
  async gone(id: string, attemptId: string, message: string): Promise<boolean> {
    return this.held(
      this.update(id).set({ status: 'DELETED', ...goneAtSource(message), ...RELEASED }),
      attemptId,
    );
  }

  /** EXPECTED → DELETED: the provider says that there will be none, and has named no place of it. */
  async absent(id: string, message: string): Promise<void> {
    await this.update(id)
      .set({ status: 'DELETED', ...goneAtSource(message) })
      .where('status', '=', 'EXPECTED')
      .where('source_url', 'is', null)
      .execute();
  }

  /**
   * To DELETED for good, whatever it was: a tombstone. Who works on it loses the claim, and so deletes what it wrote.
   * False: it was removed before, or is on legal hold.
   */
  async remove(id: string, by: string, reason: string): Promise<boolean> {
    const moved = await this.update(id)
      .set({
        status: 'DELETED',
        ...failed({ code: 'REMOVED', message: 'The recording was deleted.' }),
        removed_at: sql<string>`now()`,
        removed_by_id: by,
        removed_reason: reason,
        ...RELEASED,
      })
      .where('legal_hold', '=', false)
      .where('removed_at', 'is', null)
      .executeTakeFirst();
    return moved.numUpdatedRows === 1n;
  }

  /** A removed recording whose objects are still to be deleted, held until `seconds` from now. */
  async takeRemoved(seconds: number): Promise<string | undefined> {
    const { rows } = await sql<{ id: string }>`
      update recordings set claimed_until = ${inSeconds(seconds)}
      where id = (
        select id from recordings where removed_at is not null and purged_at is null
          and (claimed_until is null or claimed_until <= now())
        order by removed_at limit 1 for update skip locked)
      returning id`.execute(this.em.getKysely());
    return rows[0]?.id;
  }

  /** The same for longer; for 0 seconds, given back. */
  async holdRemoved(id: string, seconds: number): Promise<void> {
    await this.update(id)
      .set({ claimed_until: inSeconds(seconds) })
      .where('removed_at', 'is not', null)
      .where('purged_at', 'is', null)
      .execute();
  }

  /** The objects of a removed recording are gone from the store. */
  async purged(id: string): Promise<void> {
    await this.update(id)
      .set({
        purged_at: sql<string>`now()`,
        recording_path: null,
        ...NO_MEDIA,
        media_due_at: null,
        ...RELEASED,
      })
      .where('removed_at', 'is not', null)
      .execute();
  }

  /** Until the transaction ends, nobody else moves the recording. */
  async lock(id: string): Promise<void> {
    await this.em
      .getKysely<DB>()
      .selectFrom('recordings')
      .select('id')
      .where('id', '=', id)
      .forUpdate()
      .execute();
  }

  /** EXPECTED, FAILED or gone at its source → PENDING, for work that waits already. The rest stays as it is. */
  async revive(id: string): Promise<void> {
    await this.update(id)
      .set({ status: 'PENDING', ...OF_PENDING })
      .where('status', '<>', 'UPLOADED')
      .where((eb) =>
        eb.or([eb('status', 'in', ['EXPECTED', 'FAILED']), eb('error_code', '=', 'GONE_AT_SOURCE')]),
      )
      .execute();
  }

  /** PENDING → FAILED, by the claim's holder; `uncounted`: the try was none, as for postpone. */
  async fail(
    id: string,
    attemptId: string,
    failure: FailureFacts,
    count: 'counted' | 'uncounted' = 'counted',
  ): Promise<boolean> {
    const tries = count === 'uncounted' ? UNCOUNTED : {};
    return this.held(
      this.update(id).set({ status: 'FAILED', ...failed(failure), ...tries, ...RELEASED }),
      attemptId,
    );
  }

  /** PENDING → FAILED when nobody holds it: every planned try is over. Its code is the last try's, or this one. */
  async abandon(id: string, failure: FailureFacts): Promise<FailureCode | undefined> {
    const moved = await this.update(id)
      .set({
        status: 'FAILED',
        ...failed(failure),
        error_code: sql<FailureCode>`coalesce(error_code, ${failure.code})`,
        ...RELEASED,
      })
      .where('status', '=', 'PENDING')
      .where(IS_FREE)
      .returning('error_code')
      .executeTakeFirst();
    return moved?.error_code ?? undefined;
  }

  /** UPLOADED → PENDING: what is stored under this path is missing, or not what was stored. */
  async markDamaged(id: string, recordingPath: string): Promise<boolean> {
    const message = 'The stored copy is missing or damaged. It is copied again.';
    const moved = await this.update(id)
      .set({ status: 'PENDING', ...failed({ code: 'STORED_COPY_DAMAGED', message }), ...RELEASED })
      .where('status', '=', 'UPLOADED')
      .where('recording_path', '=', recordingPath)
      .executeTakeFirst();
    return moved.numUpdatedRows === 1n;
  }

  private update(id: string) {
    return this.em
      .getKysely<DB>()
      .updateTable('recordings')
      .set({ updated_at: sql`now()` })
      .where('id', '=', id);
  }

  private async held(
    update: UpdateQueryBuilder<DB, 'recordings', 'recordings', { numUpdatedRows: bigint }>,
    attemptId: string,
  ): Promise<boolean> {
    const moved = await update
      .where('status', '=', 'PENDING')
      .where('claim_id', '=', attemptId)
      .executeTakeFirst();
    return moved?.numUpdatedRows === 1n;
  }
}

/** What an older try failed for is not said of the new one; what the work under way was last refused for stays. */
const OF_PENDING = {
  error_code: sql<FailureCode | null>`case status when 'PENDING' then error_code end`,
  error_message: sql<string | null>`case status when 'PENDING' then error_message end`,
  error_at: sql<string | null>`case status when 'PENDING' then error_at end`,
};

/** Not UPLOADED, and not removed. */
const MAY_BE_PLANNED = (eb: ExpressionBuilder<DB, 'recordings'>) =>
  eb.and([
    eb('status', '<>', 'UPLOADED'),
    eb.or([eb('status', 'in', ['EXPECTED', 'FAILED', 'PENDING']), eb('error_code', '=', 'GONE_AT_SOURCE')]),
  ]);

/** Nobody holds it, or nobody any more. */
const IS_FREE = (eb: ExpressionBuilder<DB, 'recordings'>) =>
  eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', sql<string>`now()`)]);

const UNCOUNTED = {
  attempts: sql<number>`greatest(attempts - 1, 0)`,
  tries: sql<number>`greatest(tries - 1, 0)`,
};

/** What was made of other bytes says nothing of these. */
const NO_MEDIA = {
  playback_path: null,
  playback_byte_size: null,
  peaks_path: null,
  silences: null,
  loudness: null,
  media_made_at: null,
  media_tries: 0,
  media_error: null,
};

const RELEASED = { claim_id: null, claimed_until: null };

function goneAtSource(message: string) {
  return failed({ code: 'GONE_AT_SOURCE', message });
}

function failed({ code, message }: FailureFacts) {
  return {
    error_code: code,
    error_message: message.slice(0, 500),
    error_at: sql<string>`now()`,
    next_attempt_at: null,
    ...(code === 'NOT_FOUND_UNCONFIRMED'
      ? { not_found_since: sql<string>`coalesce(not_found_since, now())` }
      : {}),
  };
}
