import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { FAILURE_RETRYABLE } from '../errors.js';
import type { ProviderRegistry } from '../providers/registry.js';
import type { Transaction } from '../unit-of-work.js';
import { MAX_TRIES, type CopyPlan } from './copy-plan.js';

/** Recordings that one turn looks after, so that a turn is short and another process may take the next ones. */
const BATCH = 100;
const RETRYABLE = Object.entries(FAILURE_RETRYABLE).flatMap(([code, retryable]) => (retryable ? [code] : []));

export interface KeeperTimes {
  /** Seconds that a planned try may be late before its job counts as lost. */
  readonly overdue: number;
  /** Seconds before a copy that failed, and may be mended, is tried again. */
  readonly sweep: number;
}

/** What copies need when nobody asks for them: takes over from the dead, and takes up what waits or failed for a while. */
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
        limit ${BATCH}`.execute(em.getKysely());
      return this.sendAll(em, rows);
    });
  }

  /**
   * Queues again planned tries whose job is lost, or had none because the provider was stopped; of a provider that still
   * is, one at a time.
   */
  resume(): Promise<number> {
    return this.transaction(async (em) => {
      const stopped = await this.stopped(em);
      const going = this.names.filter((name) => !stopped.includes(name));
      const rows = await this.overdue(em, going, BATCH);
      for (const name of stopped) rows.push(...(await this.overdue(em, [name], 1)));
      return this.sendAll(em, rows);
    });
  }

  /** Plans one more try of copies that failed a while ago and may be mended, soonest to expire first. */
  sweep(): Promise<number> {
    return this.transaction(async (em) => {
      const stopped = await this.stopped(em);
      const going = this.names.filter((name) => !stopped.includes(name));
      if (going.length === 0) return 0;
      const { rows } = await sql<Due>`
        select recordings.id from recordings join cati_calls on cati_calls.recording_id = recordings.id
        where recordings.status = 'FAILED' and error_code = any(${RETRYABLE}) and provider = any(${going})
          and error_at < now() - make_interval(secs => ${this.times.sweep})
          and coalesce(source_expires_at, recordings.inserted_at + interval '61 days') > now()
        order by source_expires_at limit ${BATCH}
        for update of recordings skip locked`.execute(em.getKysely());
      for (const { id } of rows) await this.plan.begin(em, id, 0, MAX_TRIES - 1);
      return rows.length;
    });
  }

  private async overdue(em: EntityManager, providers: readonly string[], limit: number): Promise<Due[]> {
    if (providers.length === 0) return [];
    const { rows } = await sql<Due>`
      select recordings.id from recordings join cati_calls on cati_calls.recording_id = recordings.id
      where recordings.status in ('EXPECTED', 'PENDING') and claimed_until is null
        and next_attempt_at < now() - make_interval(secs => ${this.times.overdue})
        and provider = any(${providers})
      order by next_attempt_at limit ${limit}`.execute(em.getKysely());
    return rows;
  }

  private async stopped(em: EntityManager): Promise<string[]> {
    const { rows } = await sql<{ provider: string }>`
      select provider from provider_states where stopped_reason is not null`.execute(em.getKysely());
    return rows.map(({ provider }) => provider).filter((name) => this.names.includes(name));
  }

  private async sendAll(em: EntityManager, rows: readonly Due[]): Promise<number> {
    for (const { id } of rows) await this.plan.send(em, id, 0);
    return rows.length;
  }

  private get names(): string[] {
    return [...this.providers.names];
  }
}

interface Due {
  readonly id: string;
}
