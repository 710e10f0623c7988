import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { validate as isUuid } from 'uuid';
import type { Transaction } from '../unit-of-work.js';

/** Calls of one agent that one turn gives to their interviewer. */
const BATCH = 1000;

/** As agents are compared: without regard to case. Undefined stays so. */
export function agentKey(name: string | undefined): string | undefined {
  return name?.toLowerCase();
}

/**
 * The user whom a provider's agent is: the one that was assigned, else an interviewer whose e-mail address or id the
 * provider was given for its agent. Null: nobody yet.
 */
export function interviewerOf(provider: string, key: string | null): RawBuilder<string | null> {
  if (key === null) return sql`null::uuid`;
  const byId = isUuid(key) ? sql`or id = ${key}::uuid` : sql``;
  return sql`coalesce(
    (select user_id from interviewer_keys where provider = ${provider} and key = ${key}),
    (select id from users where role = 'INTERVIEWER' and (email = ${key} ${byId}) limit 1))`;
}

/** Gives calls whose agent was nobody when they came to the interviewer who is known by now. */
export class InterviewerLink {
  constructor(private readonly transaction: Transaction) {}

  /** By the few who may be meant, not by the many calls. Answers how many calls were given. */
  link(): Promise<number> {
    return this.transaction(async (em: EntityManager) => {
      const { rows } = await sql<{ id: string }>`
        with agents as (
          select user_id, provider, key, 1 as rank from interviewer_keys
          union all select id, null, email, 2 from users where role = 'INTERVIEWER'
          union all select id, null, id::text, 3 from users where role = 'INTERVIEWER'
        ), found as (
          select distinct on (calls.id) calls.id, agents.user_id from agents cross join lateral (
            select id from cati_calls
            where interviewer_key = agents.key and interviewer_key is not null and interviewer_id is null
              and (agents.provider is null or agents.provider = cati_calls.provider)
            limit ${BATCH}) as calls
          order by calls.id, agents.rank
        )
        update cati_calls set interviewer_id = found.user_id from found
        where cati_calls.id = found.id and interviewer_id is null
        returning cati_calls.id`.execute(em.getKysely());
      return rows.length;
    });
  }
}
