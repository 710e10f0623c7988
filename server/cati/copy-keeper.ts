import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { ProviderRegistry } from '../providers/registry.js';
import type { Transaction } from '../unit-of-work.js';
import type { CopyPlan } from './copy-plan.js';
import { stoppedProviders } from './provider-states.js';

/** Recordings that one turn looks after, so that a turn is short and another process may take the next ones. */
const BATCH = 100;

export interface KeeperTimes {
  /** Seconds that a planned try may be late before its job counts as lost. */
  readonly overdue: number;
}

/** What copies need when nobody asks for them: takes over from the dead, and takes up plans whose jobs are lost. */
export class CopyKeeper {
  constructor(
    private readonly transaction: Transaction,
    private readonly plan: CopyPlan,
    private readonly providers: ProviderRegistry,
    private readonly times: KeeperTimes,
  ) {}

  /** Queues again what a killed worker held: its claim ran out, and its job would be found out only much later. */
  takeOver(): Promise<number> {
    return this.transaction(async (em) => {
      const { rows } = await sql<Due>`
        select recordings.id from recordings join cati_calls on cati_calls.recording_id = recordings.id
        where claimed_until < now() and recordings.status = 'PENDING' and provider = any(${this.names})
        limit ${BATCH} for update of recordings skip locked`.execute(em.getKysely());
      return this.sendAll(em, rows);
    });
  }

  /**
   * Queues again planned tries whose job is lost, or had none because the provider was stopped; of a provider that still
   * is, one at a time.
   */
  resume(): Promise<number> {
    return this.transaction(async (em) => {
      const stopped = (await stoppedProviders(em)).filter((name) => this.names.includes(name));
      const going = this.names.filter((name) => !stopped.includes(name));
      const rows = await this.overdue(em, going, BATCH);
      for (const name of stopped) rows.push(...(await this.overdue(em, [name], 1)));
      return this.sendAll(em, rows);
    });
  }

  private async overdue(em: EntityManager, providers: readonly string[], limit: number): Promise<Due[]> {
    if (providers.length === 0) return [];
    const { rows } = await sql<Due>`
      select recordings.id from recordings join cati_calls on cati_calls.recording_id = recordings.id
      where recordings.status in ('EXPECTED', 'PENDING') and claimed_until is null
        and next_attempt_at < now() - make_interval(secs => ${this.times.overdue})
        and provider = any(${providers})
      order by next_attempt_at limit ${limit} for update of recordings skip locked`.execute(em.getKysely());
    return rows;
  }

  private async sendAll(em: EntityManager, rows: readonly Due[]): Promise<number> {
    await this.plan.sendDue(
      em,
      rows.map(({ id }) => id),
    );
    return rows.length;
  }

  private get names(): string[] {
    return [...this.providers.names];
  }
}

interface Due {
  readonly id: string;
}
