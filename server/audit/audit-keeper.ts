import { sql } from 'kysely';
import type { Transaction } from '../unit-of-work.js';

/** Events that one statement deletes. */
const BATCH = 5000;

/** Lets go of what was kept long enough: the one thing that the database deletes from the trail for. */
export class AuditKeeper {
  constructor(
    private readonly transaction: Transaction,
    /** Days that events are kept. */
    private readonly days: number,
  ) {}

  /** Resolves with how many are gone. */
  async retain(signal: AbortSignal): Promise<number> {
    let gone = 0;
    for (let last = BATCH; last === BATCH && !signal.aborted; gone += last) last = await this.retainSome();
    return gone;
  }

  private retainSome(): Promise<number> {
    return this.transaction(async (em) => {
      const db = em.getKysely();
      await sql`select set_config('earshot.role', 'AUDIT_RETENTION', true)`.execute(db);
      const { numAffectedRows } = await sql`
        delete from audit_events where id in (
          select id from audit_events where inserted_at < now() - make_interval(days => ${this.days})
          order by inserted_at limit ${BATCH})`.execute(db);
      return Number(numAffectedRows ?? 0);
    });
  }
}
