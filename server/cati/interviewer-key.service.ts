import { sql } from 'kysely';
import { errors } from '../errors.js';
import { boundedText, requireId } from '../graphql/inputs.js';
import type { Transaction } from '../unit-of-work.js';
import { agentKey, interviewerOf } from './interviewer-link.js';

export interface AssignInterviewer {
  readonly provider: string;
  readonly key: string;
  readonly userId?: string | null;
}

/** Says which user a provider's agent is, for the calls that are here and those to come. */
export class InterviewerKeyService {
  constructor(private readonly transaction: Transaction) {}

  /** Without a user nobody is assigned any more. Answers how many calls have changed hands. */
  async assign(input: AssignInterviewer): Promise<number> {
    const provider = required('provider', input.provider, 40);
    const key = agentKey(required('key', input.key, 100)) ?? '';
    const userId = input.userId == null ? null : requireId('user', input.userId);
    return this.transaction(async (em) => {
      const db = em.getKysely();
      if (userId === null) {
        await sql`delete from interviewer_keys where provider = ${provider} and key = ${key}`.execute(db);
      } else {
        const { rows } = await sql<{ role: string }>`select role from users where id = ${userId}`.execute(db);
        if (!rows[0]) throw errors.notFound('user');
        if (rows[0].role !== 'INTERVIEWER')
          throw errors.badInput('userId', 'userId must be the id of an interviewer.');
        await sql`insert into interviewer_keys (provider, key, user_id, inserted_at)
          values (${provider}, ${key}, ${userId}, now())
          on conflict (provider, key) do update set user_id = excluded.user_id`.execute(db);
      }
      const { numAffectedRows } = await sql`
        update cati_calls set interviewer_id = holder.id
        from (select ${interviewerOf(provider, key)} as id) as holder
        where interviewer_key = ${key} and provider = ${provider} and interviewer_id is distinct from holder.id`.execute(
        db,
      );
      return Number(numAffectedRows ?? 0n);
    });
  }
}

function required(field: string, text: string, most: number): string {
  const given = boundedText(field, text, most);
  if (given === undefined) throw errors.badInput(field, `${field} must not be empty.`);
  return given;
}
