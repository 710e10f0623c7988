import type { EntityManager } from '@mikro-orm/postgresql';
import { demoId } from './demo-id.js';

const RULES = [
  ['Household survey', 100],
  ['Health survey', 25],
] as const;

/** The calls, by their number, and what the quality agent decided and noted of them. */
const DECIDED = [
  {
    call: 0,
    status: 'APPROVED',
    finding: 'HEARD',
    feedback: 'Well done.',
    score: 90,
    note: 'Good introduction.',
  },
  {
    call: 4,
    status: 'REJECTED',
    finding: 'RESPONDENT_INAUDIBLE',
    feedback: 'Ask for a quieter place.',
    score: 30,
    note: 'The answer cannot be understood.',
  },
] as const;

/** How many calls are reviewed. Written before the calls: triggers put these into the queue as they come. */
export async function demoSamplingRules(em: EntityManager, managerId: string): Promise<void> {
  for (const [n, [campaign, percent]] of RULES.entries())
    await em.execute(
      `insert into sampling_rules (id, inserted_at, updated_at, campaign, percent, updated_by_id)
       values (?, now(), now(), ?, ?, ?)`,
      [demoId('sampling rule', n), campaign, percent, managerId],
    );
}

/** Two of the queue are decided. `recordingOf`: the id of a call's recording. */
export async function demoReviews(
  em: EntityManager,
  reviewerId: string,
  recordingOf: (call: number) => string,
): Promise<void> {
  for (const [n, { call, status, finding, feedback, score, note }] of DECIDED.entries()) {
    await em.execute(
      `update reviews set status = ?, reviewer_id = ?, claimed_at = now(), decided_at = now(), findings = array[?],
         feedback = ?, score = ? where cati_call_id = ?`,
      [status, reviewerId, finding, feedback, score, demoId('cati call', call)],
    );
    await em.execute(
      `insert into recording_notes (id, inserted_at, recording_id, author_id, at_ms, text)
       values (?, now(), ?, ?, 1500, ?)`,
      [demoId('note', n), recordingOf(call), reviewerId, note],
    );
  }
}
