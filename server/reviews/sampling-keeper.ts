import { sql } from 'kysely';
import type { Transaction } from '../unit-of-work.js';

/** Days that are looked back upon: a recording may be copied that long after its call. */
const DAYS_BACK = 3;

/** Sees to it that every interviewer is heard every day. */
export class SamplingKeeper {
  constructor(private readonly transaction: Transaction) {}

  /**
   * Of a day that is over (in UTC) and of which no call of an interviewer was chosen, the one whose hash is the lowest:
   * the one that a larger percentage would have chosen first. Answers how many.
   */
  async fillDays(): Promise<number> {
    const { numAffectedRows = 0n } = await this.transaction((em) =>
      sql`insert into reviews (cati_call_id, inserted_at, status, campaign, interviewer_id, began_at, sampled)
        select distinct on (calls.campaign, calls.interviewer_id, ${day('calls')})
          calls.id, now(), 'WAITING', calls.campaign, calls.interviewer_id, calls.began_at, true
        from sampling_rules join cati_calls as calls on calls.campaign = sampling_rules.campaign
        join recordings on recordings.id = calls.recording_id and recordings.status = 'UPLOADED'
        where percent > 0 and calls.interviewer_id is not null
          and calls.began_at >= ${today} - make_interval(days => ${DAYS_BACK}) and calls.began_at < ${today}
          and not exists (
            select from reviews where reviews.campaign = calls.campaign
              and reviews.interviewer_id = calls.interviewer_id and ${day('reviews')} = ${day('calls')} and sampled
          )
        order by calls.campaign, calls.interviewer_id, ${day('calls')}, review_fraction(calls.id)
        on conflict do nothing`.execute(em.getKysely()),
    );
    return Number(numAffectedRows);
  }
}

/** When the day began that is not over (in UTC). */
export const today = sql`(date_trunc('day', now() at time zone 'UTC') at time zone 'UTC')`;

export function day(table: 'calls' | 'reviews') {
  return sql`date_trunc('day', ${sql.ref(`${table}.began_at`)} at time zone 'UTC')`;
}
