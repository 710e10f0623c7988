import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type Expression, type SqlBool } from 'kysely';
import { MAY_BE_CLAIMED, type ReviewTables } from './review-row.js';
import type { AudioFindingCode, ReviewDecision } from './review-form.js';
import { inSeconds } from '../rows.js';

export interface ReviewOutcome {
  readonly decision: ReviewDecision;
  readonly findings: AudioFindingCode[];
  readonly feedback: string | null;
  readonly score: number | null;
}

/** Its recording is stored: a review that somebody had when it was deleted is no longer for anybody else. */
const CAN_BE_HEARD = sql<SqlBool>`exists (
  select from cati_calls join recordings on recordings.id = cati_calls.recording_id and recordings.status = 'UPLOADED'
  where cati_calls.id = reviews.cati_call_id)`;

/**
 * Every move of a review, each one compare-and-set: WAITING → CLAIMED → APPROVED | REJECTED; CLAIMED → WAITING. What a
 * reviewer writes counts only while the review is theirs: once somebody else took it over, it is not.
 */
export class ReviewMoves {
  constructor(private readonly em: EntityManager) {}

  /** The oldest call that nobody has; two who ask at once pass over each other's. Undefined: none waits. */
  async claimNext(
    reviewerId: string,
    seconds: number,
    conditions: readonly Expression<SqlBool>[],
  ): Promise<string | undefined> {
    const claimed = await this.em
      .getKysely<ReviewTables>()
      .with('free', (db) =>
        db
          .selectFrom('reviews')
          .select('reviews.cati_call_id')
          .where(MAY_BE_CLAIMED)
          .where(CAN_BE_HEARD)
          .where((eb) => eb.and([...conditions]))
          .orderBy('reviews.began_at')
          .orderBy('reviews.cati_call_id')
          .limit(1)
          .forUpdate()
          .skipLocked(),
      )
      .updateTable('reviews')
      .from('free')
      .set(claimOf(reviewerId, seconds))
      .whereRef('reviews.cati_call_id', '=', 'free.cati_call_id')
      .returning('reviews.cati_call_id')
      .executeTakeFirst();
    return claimed?.cati_call_id;
  }

  /** Puts a call into the queue that no rule chose. False: there is nothing of it to listen to. */
  async add(callId: string): Promise<boolean> {
    const { rows } = await sql`
      with call as (
        select cati_calls.id, campaign, interviewer_id, began_at from cati_calls
        join recordings on recordings.id = recording_id and recordings.status = 'UPLOADED'
        where cati_calls.id = ${callId}
      ), added as (
        insert into reviews (cati_call_id, inserted_at, status, campaign, interviewer_id, began_at, sampled)
        select id, now(), 'WAITING', campaign, interviewer_id, began_at, false from call on conflict do nothing
      )
      select from call`.execute(this.em.getKysely());
    return rows.length === 1;
  }

  /** This very call. False: another has it, or it is decided. Who has it already keeps it for longer. */
  async claim(id: string, reviewerId: string, seconds: number): Promise<boolean> {
    const { numUpdatedRows } = await this.update(id)
      .set(claimOf(reviewerId, seconds))
      .where((eb) =>
        eb.or([
          MAY_BE_CLAIMED(eb),
          eb.and([eb('reviews.status', '=', 'CLAIMED'), eb('reviews.reviewer_id', '=', reviewerId)]),
        ]),
      )
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** The same reviewer for longer. False: it is not theirs. */
  async renew(id: string, reviewerId: string, seconds: number): Promise<boolean> {
    const { numUpdatedRows } = await this.held(id, reviewerId)
      .set({ claimed_until: inSeconds(seconds) })
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** CLAIMED → WAITING, or out of the queue where its recording is gone. False: it is not theirs. */
  async release(id: string, reviewerId: string): Promise<boolean> {
    const { numDeletedRows } = await this.em
      .getKysely<ReviewTables>()
      .deleteFrom('reviews')
      .where('cati_call_id', '=', id)
      .where('status', '=', 'CLAIMED')
      .where('reviewer_id', '=', reviewerId)
      .where((eb) => eb.not(CAN_BE_HEARD))
      .executeTakeFirst();
    if (numDeletedRows === 1n) return true;
    const { numUpdatedRows } = await this.held(id, reviewerId)
      .set({ status: 'WAITING', reviewer_id: null, claimed_at: null, claimed_until: null })
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** CLAIMED → APPROVED | REJECTED. Late is as good as in time, as long as nobody took it over. False: it is not theirs. */
  async decide(id: string, reviewerId: string, outcome: ReviewOutcome): Promise<boolean> {
    const { decision: status, findings, feedback, score } = outcome;
    const { numUpdatedRows } = await this.held(id, reviewerId)
      .set({ status, findings, feedback, score, decided_at: sql<string>`now()`, claimed_until: null })
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** How many this reviewer has at present. */
  async countHeld(reviewerId: string): Promise<number> {
    const { count } = await this.em
      .getKysely<ReviewTables>()
      .selectFrom('reviews')
      .select(sql<number>`count(*)`.as('count'))
      .where('reviewer_id', '=', reviewerId)
      .where('status', '=', 'CLAIMED')
      .where('claimed_until', '>', sql<string>`now()`)
      .executeTakeFirstOrThrow();
    return count;
  }

  private held(id: string, reviewerId: string) {
    return this.update(id).where('status', '=', 'CLAIMED').where('reviewer_id', '=', reviewerId);
  }

  private update(id: string) {
    return this.em.getKysely<ReviewTables>().updateTable('reviews').where('cati_call_id', '=', id);
  }
}

function claimOf(reviewerId: string, seconds: number) {
  return {
    status: 'CLAIMED',
    reviewer_id: reviewerId,
    claimed_at: sql<string>`now()`,
    claimed_until: inSeconds(seconds),
  } as const;
}
