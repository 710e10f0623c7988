import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Viewer } from '../auth/viewer.js';
import { newId } from '../entity.js';
import { errors } from '../errors.js';
import { wholeText } from '../graphql/inputs.js';
import { isoTime, type Tables } from '../rows.js';
import type { Transaction } from '../unit-of-work.js';
import type { SamplingRuleSchema } from './sampling-rule.entity.js';
import { day, today } from './sampling-keeper.js';
import { SamplingRuleType, type SetSamplingRuleInput } from './sampling.type.js';

type DB = Tables<typeof SamplingRuleSchema>;

/** Rules that are kept, and listed at once. */
export const MAX_RULES = 1000;
/** A new rule is for the calls of so many days back too. */
const DAYS_BACK = 30;

const COLUMNS = ['id', 'campaign', 'percent', 'updated_at', 'updated_by_id'] as const;

/** Which calls are to be reviewed. New calls get into the queue by triggers; what a rule changes of it is done here. */
export class SamplingService {
  constructor(
    private readonly em: EntityManager,
    private readonly viewer: () => Viewer,
    private readonly transaction: Transaction,
  ) {}

  /** By campaign. */
  async rules(): Promise<SamplingRuleType[]> {
    const rows = await this.em
      .getKysely<DB>()
      .selectFrom('sampling_rules')
      .select(COLUMNS)
      .orderBy('campaign')
      .limit(MAX_RULES)
      .execute();
    return rows.map(toRule);
  }

  /** One rule for each campaign: the last one that was set. */
  async set({ campaign, percent }: SetSamplingRuleInput): Promise<SamplingRuleType> {
    const name = wholeText('campaign', campaign, 200) ?? '';
    if (!name.trim()) throw errors.badInput('campaign', 'Name the campaign.');
    if (!(percent >= 0 && percent <= 100))
      throw errors.badInput('percent', 'percent must be from 0 to 100.', { limit: 100 });
    return this.transaction(async (em) => {
      // Of two who set rules at once, the second sees what the first one did.
      await sql`select pg_advisory_xact_lock(hashtext('earshot.sampling-rules'))`.execute(em.getKysely());
      const rule = await this.write(em, name, percent);
      await this.apply(em, name);
      return rule;
    });
  }

  private async write(em: EntityManager, campaign: string, percent: number): Promise<SamplingRuleType> {
    const db = em.getKysely<DB>();
    const { count } = await db
      .selectFrom('sampling_rules')
      .select(sql<number>`count(*) filter (where campaign <> ${campaign})`.as('count'))
      .executeTakeFirstOrThrow();
    if (count >= MAX_RULES)
      throw errors.badInput('campaign', `At most ${MAX_RULES} campaigns have rules.`, { limit: MAX_RULES });
    const set = { percent, updated_at: sql<string>`now()`, updated_by_id: this.viewer().id };
    const row = await db
      .insertInto('sampling_rules')
      .values({ id: newId(), inserted_at: sql`now()`, campaign, ...set })
      .onConflict((conflict) => conflict.column('campaign').doUpdateSet(set))
      .returning(COLUMNS)
      .executeTakeFirstOrThrow();
    return toRule(row);
  }

  /**
   * What waits and would not be chosen any more goes, except for the one call by which an interviewer is heard that day;
   * what was stored lately and is chosen now comes.
   */
  private async apply(em: EntityManager, campaign: string): Promise<void> {
    await sql`with ranked as (
        select cati_call_id, row_number() over (
          partition by interviewer_id, ${day('reviews')}
          order by status = 'WAITING', review_fraction(cati_call_id)
        ) as place
        from reviews where campaign = ${campaign} and sampled
      )
      delete from reviews using sampling_rules, ranked
      where sampling_rules.campaign = ${campaign} and ranked.cati_call_id = reviews.cati_call_id
        and reviews.campaign = sampling_rules.campaign and status = 'WAITING' and sampled
        and review_fraction(reviews.cati_call_id) * 100 >= percent
        and not (percent > 0 and interviewer_id is not null and began_at < ${today} and place = 1)`.execute(
      em.getKysely(),
    );
    await sql`insert into reviews (cati_call_id, inserted_at, status, campaign, interviewer_id, began_at, sampled)
      select calls.id, now(), 'WAITING', calls.campaign, calls.interviewer_id, calls.began_at, true
      from cati_calls as calls join recordings on recordings.id = calls.recording_id
      join sampling_rules on sampling_rules.campaign = calls.campaign
      where calls.campaign = ${campaign} and calls.began_at >= now() - make_interval(days => ${DAYS_BACK})
        and recordings.status = 'UPLOADED' and review_fraction(calls.id) * 100 < percent
      on conflict do nothing`.execute(em.getKysely());
  }
}

function toRule(row: {
  id: string;
  campaign: string;
  percent: number;
  updated_at: string;
  updated_by_id: string;
}): SamplingRuleType {
  return Object.assign(new SamplingRuleType(), {
    id: row.id,
    campaign: row.campaign,
    percent: row.percent,
    updatedAt: isoTime(row.updated_at),
    updatedById: row.updated_by_id,
  });
}
