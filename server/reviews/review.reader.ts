import type { EntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import { sql, type SelectQueryBuilder } from 'kysely';
import { accessOf } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import { REVIEW_STATUS } from '../cati/review-status.js';
import { errors } from '../errors.js';
import { NOTHING } from '../graphql/conditions.js';
import type { Connection } from '../graphql/connection.type.js';
import { requireId } from '../graphql/inputs.js';
import { toPage, type PageArgs } from '../graphql/keyset.js';
import { countOf, readPage } from '../graphql/pages.js';
import { isoTimeOrNull } from '../rows.js';
import { MAY_BE_CLAIMED, REVIEW_COLUMNS, toReview, type ReviewTables } from './review-row.js';
import { REVIEW_ORDER, reviewConditions } from './review.filter.js';
import type { ReviewFilter } from './review.inputs.js';
import type { ReviewQueueType, ReviewType } from './review.type.js';

/** Campaigns that the queue counts one by one. */
const MAX_CAMPAIGNS = 100;

/** Reviews, for those whose role may see them. */
export class ReviewReader {
  /** One statement for the calls of a whole page. */
  readonly ofCall = new DataLoader<string, ReviewType | null>((ids) => this.load(ids));

  constructor(
    private readonly em: EntityManager,
    private readonly viewer: () => Viewer,
  ) {}

  async get(id: string): Promise<ReviewType> {
    const row = await select(this.visible())
      .where('reviews.cati_call_id', '=', requireId('review', id))
      .executeTakeFirst();
    if (!row) throw errors.notFound('review');
    return toReview(row);
  }

  page(args: PageArgs, filter: ReviewFilter | null | undefined): Promise<Connection<ReviewType>> {
    const conditions = reviewConditions(filter);
    const list = this.visible().where((eb) => eb.and(conditions));
    return readPage(
      select(list).select(REVIEW_ORDER.value.as('position')),
      toPage(args, REVIEW_ORDER),
      toReview,
      () => countOf(list),
    );
  }

  async queue(): Promise<ReviewQueueType> {
    const queue = this.visible().where('reviews.status', 'in', ['WAITING', 'CLAIMED']);
    const counts = await queue
      .select([
        sql<number>`count(*) filter (where ${REVIEW_STATUS} = 'WAITING')`.as('waiting'),
        sql<number>`count(*) filter (where ${REVIEW_STATUS} = 'CLAIMED')`.as('claimed'),
        sql<number>`count(*) filter (where ${REVIEW_STATUS} = 'CLAIMED' and reviewer_id = ${this.viewer().id})`.as(
          'claimedByMe',
        ),
        sql<string | null>`min(began_at) filter (where ${REVIEW_STATUS} = 'WAITING')`.as('oldest'),
      ])
      .executeTakeFirstOrThrow();
    const byCampaign = await queue
      .where(MAY_BE_CLAIMED)
      .select(['reviews.campaign', sql<number>`count(*)`.as('waiting')])
      .groupBy('reviews.campaign')
      .orderBy('waiting', 'desc')
      .orderBy('reviews.campaign')
      .limit(MAX_CAMPAIGNS)
      .execute();
    const { oldest, ...numbers } = counts;
    return { ...numbers, oldestStartedAt: isoTimeOrNull(oldest), byCampaign };
  }

  private visible(): SelectQueryBuilder<ReviewTables, 'reviews', object> {
    const query = this.em.getKysely<ReviewTables>().selectFrom('reviews');
    return accessOf(this.viewer(), 'reviews.read') === 'all' ? query : query.where(NOTHING);
  }

  private async load(ids: readonly string[]): Promise<(ReviewType | null)[]> {
    const rows = await select(this.visible())
      .where('reviews.cati_call_id', '=', sql<string>`any(${ids}::uuid[])`)
      .execute();
    const found = new Map(rows.map((row) => [row.id, toReview(row)]));
    return ids.map((id) => found.get(id) ?? null);
  }
}

function select(query: SelectQueryBuilder<ReviewTables, 'reviews', object>) {
  return query.select(REVIEW_COLUMNS).select(REVIEW_STATUS.as('status'));
}
