import type { User } from '../../server/auth/user.entity.js';
import { graphql, tokenOf, type Answer } from './graphql.js';
import type { TestApp } from './test-app.js';

export interface ReviewFacts {
  id: string;
  status: string;
  sampled: boolean;
  reviewer: { id: string } | null;
  claimedUntil: string | null;
  decidedAt: string | null;
  findings: string[];
  feedback: string | null;
  score: number | null;
}

export const REVIEW = 'id status sampled reviewer { id } claimedUntil decidedAt findings feedback score';

/** Somebody who asks by hand. */
export class Person {
  private constructor(
    readonly app: TestApp,
    readonly user: User,
    readonly token: string,
  ) {}

  static async create(app: TestApp, role: User['role']): Promise<Person> {
    const user = await app.make.user(role);
    return new Person(app, user, await tokenOf(app, user));
  }

  ask<Data = Record<string, unknown>>(query: string, variables: object = {}): Promise<Answer<Data>> {
    return graphql<Data>(this.app, query, { token: this.token, variables });
  }

  /** One of the mutations of reviews: its review, or the code of its refusal. */
  async review(
    field: 'claimNextReview' | 'renewReview' | 'releaseReview' | 'submitReview',
    input: object,
  ): Promise<ReviewFacts | string> {
    const type = { claimNextReview: 'ClaimNextReviewInput', submitReview: 'SubmitReviewInput' }[
      field as string
    ];
    const query = `mutation ($input: ${type ?? 'ReviewInput'}!) { ${field}(input: $input) { review { ${REVIEW} } } }`;
    const { data, code } = await this.ask<Record<string, { review: ReviewFacts | null }>>(query, { input });
    if (code !== 'OK') return code;
    return data?.[field]?.review ?? 'NOTHING';
  }

  async claim(input: object = {}): Promise<ReviewFacts> {
    const claimed = await this.review('claimNextReview', input);
    if (typeof claimed === 'string') throw new Error(claimed);
    return claimed;
  }

  /** What the one field of a query answers; throws where it is refused. */
  async read<T>(field: string): Promise<T> {
    const { data, code } = await this.ask<Record<string, T>>(`{ it: ${field} }`);
    if (code !== 'OK' || data?.['it'] === undefined) throw new Error(code);
    return data['it'];
  }
}

/** So many calls that can be listened to, a minute apart, oldest first. Answers their ids. */
export async function storedCalls(
  app: TestApp,
  count: number,
  { campaign, interviewer, from = '2026-01-01' }: { campaign: string; interviewer?: User; from?: string },
): Promise<string[]> {
  const rows = await app.database.query<{ id: string }>(
    `with made as (
       insert into recordings (id, inserted_at, updated_at, status, recording_path, content_type, byte_size, sha256,
         uploaded_at, duration_ms)
       select gen_random_uuid(), now(), now(), 'UPLOADED', 'local:x', 'audio/mpeg', 1, repeat('0', 64), now(), 60000
       from generate_series(1, $1) returning id
     ), numbered as (select id, row_number() over () as n from made)
     insert into cati_calls (id, inserted_at, provider, call_id, status, campaign, interviewer_id, started_at, recording_id)
     select gen_random_uuid(), now(), 'deepcall', id, 'COMPLETED', $2, $3, $4::timestamptz + n * interval '1 minute', id
     from numbered order by n returning id`,
    [count, campaign, interviewer?.id ?? null, from],
  );
  return rows.map(({ id }) => id);
}

/** Sets a rule, as a manager does. */
export async function sample(manager: Person, campaign: string, percent: number): Promise<void> {
  const input = { campaign, percent };
  const query =
    'mutation ($input: SetSamplingRuleInput!) { setSamplingRule(input: $input) { samplingRule { id } } }';
  const { code } = await manager.ask(query, { input });
  if (code !== 'OK') throw new Error(code);
}
