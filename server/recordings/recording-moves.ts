import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type UpdateQueryBuilder } from 'kysely';
import type { FailureCode } from '../errors.js';
import type { Tables } from '../rows.js';
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
 * EXPECTED → PENDING → UPLOADED | FAILED; FAILED → PENDING; EXPECTED, PENDING → DELETED; gone at its source → PENDING.
 *
 * Whoever works on a recording claims it for a time and renews the claim; what a claim's holder writes counts only
 * while the claim is still theirs. A dead holder's claim runs out, and the next one takes over.
 */
export class RecordingMoves {
  constructor(private readonly em: EntityManager) {}

  /** To PENDING, for work that was just queued, from all but UPLOADED (false) and what was removed (false). */
  async plan(id: string): Promise<boolean> {
    const moved = await this.update(id)
      .set({ status: 'PENDING', next_attempt_at: null, ...OF_PENDING })
      .where((eb) =>
        eb.or([
          eb('status', 'in', ['EXPECTED', 'FAILED', 'PENDING']),
          eb('error_code', '=', 'GONE_AT_SOURCE'),
        ]),
      )
      .where('status', '<>', 'UPLOADED')
      .executeTakeFirst();
    return moved.numUpdatedRows === 1n;
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
        next_attempt_at: null,
      })
      .where('status', '=', 'PENDING')
      .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', sql<string>`now()`)]))
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

  /** PENDING → UPLOADED: stored and verified. */
  async complete(id: string, attemptId: string, facts: StoredFacts): Promise<boolean> {
    const stored = {
      recording_path: facts.recordingPath,
      content_type: facts.contentType,
      codec: facts.codec,
      byte_size: facts.byteSize,
      duration_ms: facts.durationMs,
      sha256: facts.sha256,
      flags: facts.flags,
    };
    const error = { error_code: null, error_message: null, error_at: null, next_attempt_at: null };
    return this.held(
      this.update(id).set({ status: 'UPLOADED', uploaded_at: sql`now()`, ...stored, ...error, ...RELEASED }),
      attemptId,
    );
  }

  /** Whether another stored recording has the very same bytes. Of two that are stored at once, the second one waits. */
  async isDuplicate(id: string, sha256: string): Promise<boolean> {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`earshot.sha256:${sha256}`}, 0))`.execute(
      this.em.getKysely(),
    );
    const other = await this.em
      .getKysely<DB>()
      .selectFrom('recordings')
      .select('id')
      .where('sha256', '=', sha256)
      .where('status', '=', 'UPLOADED')
      .where('id', '<>', id)
      .limit(1)
      .executeTakeFirst();
    return other !== undefined;
  }

  /** PENDING → FAILED, by the claim's holder. */
  async fail(id: string, attemptId: string, failure: FailureFacts): Promise<boolean> {
    return this.held(this.update(id).set({ status: 'FAILED', ...failed(failure), ...RELEASED }), attemptId);
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
      .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', sql<string>`now()`)]))
      .returning('error_code')
      .executeTakeFirst();
    return moved?.error_code ?? undefined;
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

const RELEASED = { claim_id: null, claimed_until: null };

/** The database's clock decides, so that processes with differing clocks agree. */
function inSeconds(seconds: number) {
  return sql<string>`now() + make_interval(secs => ${seconds})`;
}

function failed({ code, message }: FailureFacts) {
  return {
    error_code: code,
    error_message: message.slice(0, 500),
    error_at: sql<string>`now()`,
    next_attempt_at: null,
  };
}
